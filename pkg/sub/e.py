import pkg.sub.d as d
