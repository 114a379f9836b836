// The command line: one function a subcommand, each returning the process's exit code
// (0 done, 1 failed at run time, 2 a wrong configuration or command line).
#pragma once

namespace tocsin {

int run_cli(int argc, char** argv);

}  // namespace tocsin
