# args: {dir}/programs/package one two
