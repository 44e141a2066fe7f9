v = 'from namespace'
