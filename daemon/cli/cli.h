// The command line: one function a subcommand, each in a file of its own and returning the process's exit code
// (0 done, 1 failed at run time, 2 a wrong configuration or command line, said in one line on stderr).
#pragma once

namespace tocsin {

int run_cli(int argc, char** argv);

}  // namespace tocsin
