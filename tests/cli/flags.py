# args: -B -s -u -b -W error::UserWarning -X dev -X utf8=1 -X int_max_str_digits=1000 -X custom=value -X bare {file} --own -x
"""sys.flags, sys._xoptions and what the options do."""
import sys, warnings
print(sys.flags.dont_write_bytecode, sys.flags.ignore_environment, sys.flags.no_user_site, sys.flags.bytes_warning, sys.flags.dev_mode, sys.flags.utf8_mode, sys.flags.int_max_str_digits, sys.flags.safe_path, sys.flags.isolated, sys.flags.no_site, sys.flags.verbose, sys.flags.quiet, sys.flags.hash_randomization)
print(sys._xoptions, sys.argv[1:], sys.warnoptions, sys.orig_argv[1:4], sys.dont_write_bytecode, sys.stdout.write_through)
try: warnings.warn("x")
except UserWarning as error: print(repr(error))
try: int("1" * 1001)
except ValueError as error: print(error)
print(str(b"x") if sys.flags.bytes_warning < 1 else "bytes warnings on", b"a" == "a")
