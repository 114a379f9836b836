#include "daemon/cli/cli.h"

#include <CLI/CLI.hpp>

namespace tocsin {

int run_cli(int argc, char** argv) {
  CLI::App app{"tocsin: a news-wire daemon"};
  app.require_subcommand(1);
  CLI11_PARSE(app, argc, argv);
  return 0;
}

}  // namespace tocsin
