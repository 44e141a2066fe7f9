# args: -m dis {dir}/programs/plain.py
