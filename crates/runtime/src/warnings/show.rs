//! Showing a warning: by the `warnings` module, or plainly.

use super::{Explicit, warnings_attribute};
use crate::display::{source_line, write_stderr_str};
use crate::protocols::{self, attribute, call};
use crate::types::exceptions::{Part, concat};
use crate::types::int;
use crate::types::str::Str;
use crate::{Obj, ObjExt, PyResult, Thread, none};

/// `warnings._showwarnmsg`, or without that module `file:line: Category: text` and the source line.
pub(super) fn show(th: &Thread, warning: &Explicit, category: &Obj, text: &Obj, message: &Obj) -> PyResult<()> {
    // Only the library can tell where the source of a resource was made.
    let import = warning.source.is_some();
    let Some(show) = warnings_attribute(th, "_showwarnmsg", import)? else {
        return show_plainly(th, warning, category, text);
    };
    if !call::is_callable(&show) {
        return Err(th.type_error("warnings._showwarnmsg() must be set to a callable"));
    }
    let Some(class) = warnings_attribute(th, "WarningMessage", false)? else {
        return Err(th.runtime_error("unable to get warnings.WarningMessage"));
    };
    let filename = warning.filename.as_obj().clone();
    let line = int::from_i64(warning.line);
    let source = warning.source.clone().unwrap_or_else(none);
    let source_line = warning.source_line.clone().unwrap_or_else(none);
    let args = [message.clone(), category.clone(), filename, line, none(), source_line, source];
    let message = call::call(th, &class, &args)?;
    call::call(th, &show, &[message])?;
    Ok(())
}

fn show_plainly(th: &Thread, warning: &Explicit, category: &Obj, text: &Obj) -> PyResult<()> {
    let name = attribute::get_str(th, category, "__name__")?;
    let name = protocols::str(th, &name)?;
    let text = protocols::str(th, text)?;
    let place = format!(":{}: ", warning.line);
    write_stderr_str(
        th,
        &concat(&[
            Part::Str(&warning.filename),
            Part::Text(&place),
            Part::Str(&name),
            Part::Text(": "),
            Part::Str(&text),
            Part::Text("\n"),
        ]),
    );
    let source = match warning.source_line.as_ref().and_then(|l| l.downcast::<Str>()) {
        Some(line) => Some(line.to_string_lossy().trim_start_matches([' ', '\t', '\x0c']).to_string()),
        None => i32::try_from(warning.line).ok().and_then(|l| source_line(th, &warning.filename, l)),
    };
    if let Some(source) = source {
        let line = crate::types::str::new(&format!("  {source}\n"));
        write_stderr_str(th, &line);
    }
    Ok(())
}
