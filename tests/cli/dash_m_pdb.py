# args: -m pdb {dir}/programs/plain.py
# stdin: next\np i if total else total\nlist\np 1 +\nbreak 3\nc\np total\nq\n
