//! Native modules behind `abc`, `bisect`, `collections`, `functools`, `heapq`, `itertools`, `operator` and `random`.
#![forbid(unsafe_code)]

mod abc;
mod array;
mod binascii;
mod bisect;
mod cmath;
mod collections;
mod functools;
mod heapq;
mod itertools;
mod operator;
mod random;
mod statistics;
mod util;

use runtime::ModuleDef;

/// The modules of this crate.
pub fn modules() -> Vec<&'static ModuleDef> {
    static ALL: [ModuleDef; 12] = [
        abc::Abc::MODULE,
        array::ArrayModule::MODULE,
        binascii::Binascii::MODULE,
        bisect::Bisect::MODULE,
        cmath::Cmath::MODULE,
        collections::Collections::MODULE,
        functools::Functools::MODULE,
        heapq::Heapq::MODULE,
        itertools::Itertools::MODULE,
        operator::Operator::MODULE,
        random::RandomModule::MODULE,
        statistics::Statistics::MODULE,
    ];
    ALL.iter().collect()
}
