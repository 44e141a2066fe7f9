//! The shapes of slot functions: which wrapper a `#[slot(name)]` needs.

/// One row a shape: its slots, the raw parameters after the thread, and the raw result.
pub(crate) struct Shape {
    /// Raw parameter types; the first is the receiver.
    pub(crate) params: &'static [&'static str],
    pub(crate) result: &'static str,
}

const UNARY: Shape = Shape { params: &["&Obj"], result: "PyResult<Obj>" };
const BINARY: Shape = Shape { params: &["&Obj", "&Obj"], result: "PyResult<Obj>" };
const TERNARY: Shape = Shape { params: &["&Obj", "&Obj", "&Obj"], result: "PyResult<Obj>" };
const SIZED: Shape = Shape { params: &["&Obj"], result: "PyResult<usize>" };
const INQUIRY: Shape = Shape { params: &["&Obj"], result: "PyResult<bool>" };
const CONTAINS: Shape = Shape { params: &["&Obj", "&Obj"], result: "PyResult<bool>" };
const ITEM: Shape = Shape { params: &["&Obj", "isize"], result: "PyResult<Obj>" };
const ASS_ITEM: Shape = Shape { params: &["&Obj", "isize", "Option<&Obj>"], result: "PyResult<()>" };
const ASS_SUBSCRIPT: Shape = Shape { params: &["&Obj", "&Obj", "Option<&Obj>"], result: "PyResult<()>" };
const HASH: Shape = Shape { params: &["&Obj"], result: "PyResult<i64>" };
const RICHCOMPARE: Shape = Shape { params: &["&Obj", "&Obj", "CompareOp"], result: "PyResult<Obj>" };
const ITERNEXT: Shape = Shape { params: &["&Obj"], result: "PyResult<Option<Obj>>" };
const ITERREST: Shape = Shape { params: &["&Obj", "&mut Vec<Obj>"], result: "PyResult<bool>" };
const DESCR_GET: Shape = Shape { params: &["&Obj", "Option<&Obj>", "Option<&Obj>"], result: "PyResult<Obj>" };
const CALL: Shape = Shape { params: &["&Obj", "Args<'_>"], result: "PyResult<Obj>" };
const INIT: Shape = Shape { params: &["&Obj", "Args<'_>"], result: "PyResult<()>" };
const NEW: Shape = Shape { params: &["&Py<Type>", "Args<'_>"], result: "PyResult<Obj>" };
const BUFFER: Shape = Shape { params: &["&Obj", "u32"], result: "PyResult<Buffer>" };
const FINALIZE: Shape = Shape { params: &["&Obj"], result: "()" };

/// The slot is called so often that a look at the receiver's type counts.
pub(crate) fn is_hot(slot: &str) -> bool {
    matches!(
        slot,
        "tp_iternext" | "tp_call" | "tp_richcompare" | "tp_hash" | "sq_length" | "mp_length" | "sq_contains" | "mp_subscript"
    ) || slot.starts_with("nb_")
}

/// KEEP-IN-STEP: slot-shapes (the runtime's `slots!` table declares the same types).
pub(crate) fn shape(slot: &str) -> Option<&'static Shape> {
    Some(match slot {
        "tp_repr" | "tp_str" | "tp_iter" | "nb_negative" | "nb_positive" | "nb_absolute" | "nb_invert" | "nb_int"
        | "nb_float" | "nb_index" | "am_await" | "am_aiter" | "am_anext" => &UNARY,
        "nb_add"
        | "nb_subtract"
        | "nb_multiply"
        | "nb_remainder"
        | "nb_divmod"
        | "nb_lshift"
        | "nb_rshift"
        | "nb_and"
        | "nb_xor"
        | "nb_or"
        | "nb_floor_divide"
        | "nb_true_divide"
        | "nb_matrix_multiply"
        | "nb_inplace_add"
        | "nb_inplace_subtract"
        | "nb_inplace_multiply"
        | "nb_inplace_remainder"
        | "nb_inplace_lshift"
        | "nb_inplace_rshift"
        | "nb_inplace_and"
        | "nb_inplace_xor"
        | "nb_inplace_or"
        | "nb_inplace_floor_divide"
        | "nb_inplace_true_divide"
        | "nb_inplace_matrix_multiply"
        | "sq_concat"
        | "sq_inplace_concat"
        | "mp_subscript"
        | "tp_getattro" => &BINARY,
        "nb_power" | "nb_inplace_power" => &TERNARY,
        "sq_length" | "mp_length" => &SIZED,
        "nb_bool" => &INQUIRY,
        "sq_contains" => &CONTAINS,
        "sq_item" | "sq_repeat" | "sq_inplace_repeat" => &ITEM,
        "sq_ass_item" => &ASS_ITEM,
        "mp_ass_subscript" | "tp_setattro" | "tp_descr_set" => &ASS_SUBSCRIPT,
        "tp_hash" => &HASH,
        "tp_richcompare" => &RICHCOMPARE,
        "tp_iternext" => &ITERNEXT,
        "it_rest" => &ITERREST,
        "tp_descr_get" => &DESCR_GET,
        "tp_call" => &CALL,
        "tp_init" => &INIT,
        "tp_new" => &NEW,
        "bf_getbuffer" => &BUFFER,
        "tp_finalize" => &FINALIZE,
        _ => return None,
    })
}
