# args: {dir}/programs/broken.py
# exit: 1
