# args: -c "import sys; print('out'); sys.exit('message to stderr')"
# exit: 1
