//! Reading instances: constructors and state.

use super::load::Loader;
use super::unpickling_error;
use runtime::protocols::{attribute, call, mapping};
use runtime::types::dict::Dict;
use runtime::types::str::{self as pystr, Str};
use runtime::types::tuple::Tuple;
use runtime::{Obj, ObjExt, PyResult, Thread, Type};

/// An instance in the manner of Python 2: `__new__` alone where that will do.
fn instantiate(th: &Thread, class: &Obj, args: &[Obj]) -> PyResult<Obj> {
    if args.is_empty() && class.downcast::<Type>().is_some() && attribute::lookup_opt_str(th, class, "__getinitargs__")?.is_none()
    {
        return call::call_method(th, class, "__new__", std::slice::from_ref(class));
    }
    call::call(th, class, args)
}

/// Keys and values of a state's dict.
fn pairs(th: &Thread, state: &Obj, message: &str) -> PyResult<Vec<(Obj, Obj)>> {
    match state.downcast::<Dict>() {
        Some(d) => Ok(d.items_vec()),
        None => Err(unpickling_error(th, message)),
    }
}

/// Strings used as names exist once.
fn interned(key: &Obj) -> Obj {
    match key.downcast_exact::<Str>() {
        Some(s) => pystr::intern_obj(s).into_obj(),
        None => key.clone(),
    }
}

/// Gives an instance its state.
fn build(th: &Thread, o: &Obj, state: &Obj) -> PyResult<()> {
    if let Some(set_state) = attribute::lookup_opt_str(th, o, "__setstate__")? {
        return call::call(th, &set_state, std::slice::from_ref(state)).map(drop);
    }
    let (state, slots) = match state.downcast::<Tuple>().map(|t| t.items()) {
        Some([state, slots]) => (state.clone(), Some(slots.clone()).filter(|s| !s.is_none())),
        _ => (state.clone(), None),
    };
    if !state.is_none() {
        let entries = pairs(th, &state, "state is not a dictionary")?;
        let d = attribute::get_str(th, o, "__dict__")?;
        for (key, value) in entries {
            mapping::set_item(th, &d, &interned(&key), &value)?;
        }
    }
    if let Some(slots) = slots {
        for (key, value) in pairs(th, &slots, "slot state is not a dictionary")? {
            let Some(name) = key.downcast::<Str>() else {
                let ty = key.ty().name();
                return Err(th.type_error(format!("attribute name must be string, not '{ty}'")));
            };
            attribute::set(th, o, name, &value)?;
        }
    }
    Ok(())
}

impl Loader<'_> {
    pub(super) fn load_reduce(&mut self) -> PyResult<()> {
        let args = self.pop()?;
        let function = self.pop()?;
        let made = match args.downcast::<Tuple>() {
            Some(args) => call::call(self.th, &function, args.items())?,
            None => return Err(self.th.type_error("argument list must be a tuple")),
        };
        self.push_made(made);
        Ok(())
    }

    pub(super) fn load_build(&mut self) -> PyResult<()> {
        let state = self.pop()?;
        let o = self.top()?.clone();
        build(self.th, &o, &state)
    }

    fn new_object(&mut self, name: &str, class: &Obj, args: &Obj, kwargs: Option<&Obj>) -> PyResult<()> {
        let th = self.th;
        if class.downcast::<Type>().is_none() {
            let ty = class.ty().tp_name();
            return Err(unpickling_error(th, format!("{name} class argument must be a type, not {ty}")));
        }
        let Some(args) = args.downcast::<Tuple>() else {
            let ty = args.ty().tp_name();
            return Err(unpickling_error(th, format!("{name} args argument must be a tuple, not {ty}")));
        };
        let kwargs = match kwargs {
            None => None,
            Some(k) => match k.downcast::<Dict>() {
                Some(d) => Some(d),
                None => {
                    let ty = k.ty().tp_name();
                    return Err(unpickling_error(th, format!("{name} kwargs argument must be a dict, not {ty}")));
                }
            },
        };
        let new = attribute::get_str(th, class, "__new__")?;
        let mut all = vec![class.clone()];
        all.extend_from_slice(args.items());
        let made = call::call_dict(th, &new, &all, kwargs)?;
        self.push_made(made);
        Ok(())
    }

    pub(super) fn load_new_object(&mut self) -> PyResult<()> {
        let args = self.pop()?;
        let class = self.pop()?;
        self.new_object("NEWOBJ", &class, &args, None)
    }

    pub(super) fn load_new_object_ex(&mut self) -> PyResult<()> {
        let kwargs = self.pop()?;
        let args = self.pop()?;
        let class = self.pop()?;
        self.new_object("NEWOBJ_EX", &class, &args, Some(&kwargs))
    }

    /// `INST`: the class by name, arguments since the mark.
    pub(super) fn load_instance(&mut self) -> PyResult<()> {
        let args = self.pop_items()?;
        let class = self.lookup_lines()?;
        let made = instantiate(self.th, &class, &args)?;
        self.push_made(made);
        Ok(())
    }

    /// `OBJ`: class and arguments since the mark.
    pub(super) fn load_object(&mut self) -> PyResult<()> {
        let items = self.pop_items()?;
        let Some((class, args)) = items.split_first() else {
            return Err(unpickling_error(self.th, "unpickling stack underflow"));
        };
        let made = instantiate(self.th, class, args)?;
        self.push_made(made);
        Ok(())
    }
}
