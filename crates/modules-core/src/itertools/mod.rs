//! `itertools`: building blocks of iterators.

mod combinatoric;
mod filtering;
mod grouping;
mod joining;
mod numbers;
mod tee;

use runtime::{Module, Obj, Py, PyResult, Thread};

/// Functional tools for creating and using iterators.
#[macros::pymodule(name = "itertools", exec = exec)]
pub(crate) struct Itertools;

fn exec(_th: &Thread, m: &Py<Module>) -> PyResult<()> {
    m.add_type::<numbers::Accumulate>();
    m.add_type::<numbers::Count>();
    m.add_type::<numbers::Repeat>();
    m.add_type::<grouping::Batched>();
    m.add_type::<grouping::GroupBy>();
    m.add_type::<grouping::Grouper>();
    m.add_type::<grouping::Pairwise>();
    m.add_type::<joining::Chain>();
    m.add_type::<joining::Cycle>();
    m.add_type::<joining::ISlice>();
    m.add_type::<joining::ZipLongest>();
    m.add_type::<filtering::Compress>();
    m.add_type::<filtering::DropWhile>();
    m.add_type::<filtering::FilterFalse>();
    m.add_type::<filtering::StarMap>();
    m.add_type::<filtering::TakeWhile>();
    m.add_type::<combinatoric::Combinations>();
    m.add_type::<combinatoric::CombinationsWithReplacement>();
    m.add_type::<combinatoric::Permutations>();
    m.add_type::<combinatoric::Product>();
    m.add_type::<tee::Tee>();
    m.add_type::<tee::TeeData>();
    Ok(())
}

#[macros::pymethods]
impl Itertools {
    /// Returns a tuple of n independent iterators.
    #[pyfunction(sig = "($module, iterable, n=2, /)")]
    fn tee(th: &Thread, iterable: &Obj, n: Option<isize>) -> PyResult<Obj> {
        tee::tee(th, iterable, n.unwrap_or(2))
    }
}
