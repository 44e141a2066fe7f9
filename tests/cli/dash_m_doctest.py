# args: -m doctest {dir}/programs/documented.py
# exit: 1
