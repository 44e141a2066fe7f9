//! Native modules behind `abc`, `collections`, `functools`, `itertools` and `operator`.
#![forbid(unsafe_code)]

mod abc;
mod collections;
mod functools;
mod itertools;
mod operator;
mod util;

use runtime::ModuleDef;

/// The modules of this crate.
pub fn modules() -> Vec<&'static ModuleDef> {
    static ALL: [ModuleDef; 5] = [
        abc::Abc::MODULE,
        collections::Collections::MODULE,
        functools::Functools::MODULE,
        itertools::Itertools::MODULE,
        operator::Operator::MODULE,
    ];
    ALL.iter().collect()
}
