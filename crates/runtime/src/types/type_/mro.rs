//! The C3 linearisation of a class's bases.

use super::Type;
use crate::types::tuple::{self, Tuple};
use crate::{Obj, ObjExt, Py, PyResult, Thread};

/// The MRO of `ty` (`mro_implementation`): the type, then the merge of its bases' MROs and the bases themselves.
///
/// Errors: `TypeError` for duplicate bases or an order that no linearisation satisfies.
pub fn compute(th: &Thread, ty: &Py<Type>) -> PyResult<Py<Tuple>> {
    let bases = ty.bases.get().map(|b| b.items().to_vec()).unwrap_or_default();
    let mut sequences: Vec<Vec<Obj>> = Vec::with_capacity(bases.len() + 1);
    for base in &bases {
        let Some(base_ty) = base.downcast::<Type>() else {
            return Err(th.type_error("bases must be types"));
        };
        let Some(mro) = base_ty.mro.get() else {
            return Err(th.type_error(format!("Cannot extend an incomplete type '{}'", base_ty.name())));
        };
        sequences.push(mro.items().to_vec());
    }
    for (i, base) in bases.iter().enumerate() {
        if bases[..i].iter().any(|b| b.is(base)) {
            let name = base.downcast::<Type>().map(|t| t.short_name()).unwrap_or_default();
            return Err(th.type_error(format!("duplicate base class {name}")));
        }
    }
    if let [only] = &mut sequences[..] {
        let mut mro = vec![ty.as_obj().clone()];
        mro.append(only);
        return Ok(tuple::from_vec(mro));
    }
    sequences.push(bases);
    let mut heads = vec![0usize; sequences.len()];
    let mut mro = vec![ty.as_obj().clone()];
    loop {
        let live: Vec<usize> = (0..sequences.len()).filter(|&i| heads[i] < sequences[i].len()).collect();
        if live.is_empty() {
            return Ok(tuple::from_vec(mro));
        }
        let candidate = live
            .iter()
            .map(|&i| &sequences[i][heads[i]])
            .find(|c| !live.iter().any(|&i| sequences[i][heads[i] + 1..].iter().any(|o| o.is(c))));
        let Some(candidate) = candidate.cloned() else {
            let mut names: Vec<String> = Vec::new();
            let mut seen: Vec<u64> = Vec::new();
            for &i in &live {
                let head = &sequences[i][heads[i]];
                if !seen.contains(&head.id()) {
                    seen.push(head.id());
                    names.push(head.downcast::<Type>().map(|t| t.short_name()).unwrap_or_default());
                }
            }
            return Err(
                th.type_error(format!("Cannot create a consistent method resolution order (MRO) for bases {}", names.join(", ")))
            );
        };
        for &i in &live {
            if sequences[i][heads[i]].is(&candidate) {
                heads[i] += 1;
            }
        }
        mro.push(candidate);
    }
}
