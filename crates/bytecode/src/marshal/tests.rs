use super::{Begun, Flag, Writer, dump_code, dump_const, load_const};
use crate::code::Const;

/// What reading gives: the constant's debug text or the error.
fn read(bytes: &[u8]) -> String {
    match load_const(bytes) {
        Ok(value) => format!("{value:?}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn damaged_data_gives_cpythons_errors() {
    let cases: &[(&[u8], &str)] = &[
        (b"", "EOF read where object expected"),
        (b"0", "NULL object in marshal data for object"),
        (b"i\x01\x02", "marshal data too short"),
        (b"l\x01\0\0\0\0\0", "bad marshal data (unnormalized long data)"),
        (b"l\x01\0\0\0\0\x80", "bad marshal data (digit out of range in long)"),
        (b"l\0\0\0\x80", "bad marshal data (long size out of range)"),
        (b"l\xff\xff\xff\x7f", "marshal data too short"),
        (b"s\xff\xff\xff\xff", "bad marshal data (bytes object size out of range)"),
        (b"s\xff\xff\xff\x7f", "marshal data too short"),
        (b"u\xff\xff\xff\xff", "bad marshal data (string size out of range)"),
        (b"z", "EOF read where not expected"),
        (b"(\xff\xff\xff\xff", "bad marshal data (tuple size out of range)"),
        (b"(\x01\0\0\0", "EOF read where object expected"),
        (b"(\xff\xff\xff\x7f", "EOF read where object expected"),
        (b"(\x01\0\0\x000", "NULL object in marshal data for tuple"),
        (b">\x01\0\0\x000", "NULL object in marshal data for set"),
        (b":NN0", "NULL object in marshal data for object"),
        (b"r\0\0\0\0", "bad marshal data (invalid reference)"),
        (b"\xbe\x01\0\0\0r\0\0\0\0", "bad marshal data (invalid reference)"),
        (b"q", "bad marshal data (unknown type code)"),
        (b"f\x03abc", "could not convert string to float: 'abc'"),
        (b"c\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x000", "NULL object in marshal data for code object"),
        (b"f\x031.5", "Float(1.5)"),
        (b"x\x011\x012", "Complex { real: 1.0, imag: 2.0 }"),
        (b"I12345678", "Int(4050765991979987505)"),
        (b"l\xfd\xff\xff\xff\x01\0\0\0\x02\0", "Int(-2147483649)"),
        (b"z\x01\xe9", "Str([195, 169])"),
        (b":NNN", "Slice([None, None, None])"),
        (b")\x02\xe9\x07\0\0\0r\0\0\0\0", "Tuple([Int(7), Int(7)])"),
    ];
    for (bytes, expected) in cases {
        assert_eq!(read(bytes), *expected, "{bytes:?}");
    }
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| [b")\x01".repeat(depth), b"N".to_vec()].concat();
    assert!(load_const(&nested(1999)).is_ok());
    assert_eq!(read(&nested(2000)), "recursion limit exceeded");
}

#[test]
fn constants_come_back() {
    let big = Const::int(-(dashu_int::IBig::ONE << 100));
    let inner = Const::Tuple([Const::Int(300), Const::Str(b"a b"[..].into()), Const::None].into());
    let value =
        Const::Tuple([inner.clone(), big, Const::Float(-0.0), inner, Const::Bytes(b"x"[..].into()), Const::Ellipsis].into());
    let bytes = dump_const(&value).expect("constants can be marshalled");
    let read = load_const(&bytes).expect("what was written can be read");
    assert!(read.same(&value), "{read:?}");
}

#[test]
fn code_is_written_as_cpython_writes_it() {
    // marshal.dumps(compile("x = lambda a: (a, 'b c')", "f", "exec"))
    let bytes: &[u8] = include_bytes!("../../tests/lambda.marshal");
    let Ok(Const::Code(code)) = load_const(bytes) else { panic!("a code object") };
    assert_eq!(dump_code(&code).expect("code can be marshalled"), bytes);
}

#[test]
fn old_versions_have_floats_as_text() {
    let text = |value: f64| {
        let mut writer = Writer::new(0);
        writer.float(Flag::NONE, value);
        String::from_utf8_lossy(&writer.finish()[2..]).into_owned()
    };
    assert_eq!(text(0.1), "0.10000000000000001");
    assert_eq!(text(1e50), "1.0000000000000001e+50");
    assert_eq!(text(1e-7), "9.9999999999999995e-08");
    assert_eq!(text(-1.5), "-1.5");
    assert_eq!(text(1e16), "10000000000000000");
}

#[test]
fn references_need_version_three() {
    let mut writer = Writer::new(2);
    assert_eq!(writer.begin(Some(1)), Begun::New(Flag::NONE));
    assert_eq!(writer.begin(Some(1)), Begun::New(Flag::NONE));
}
