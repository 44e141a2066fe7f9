# args: --help
