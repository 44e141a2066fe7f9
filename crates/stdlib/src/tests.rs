use super::*;

#[test]
fn modules_are_found_by_name() {
    let json = find("json").expect("json is packed");
    assert!(json.is_package && !json.is_frozen);
    assert_eq!(json.filename(), "json/__init__.py");
    let os = find("os").expect("os is packed");
    assert!(!os.is_package && os.is_frozen);
    assert!(os.source().starts_with(b"r\"\"\"OS routines"));
    assert!(find("no_such_module").is_none() && find("").is_none());
}

#[test]
fn names_are_sorted_and_complete() {
    let all: Vec<_> = names().collect();
    assert!(all.is_sorted());
    for name in ["importlib._bootstrap", "encodings.utf_8", "asyncio.events", "_collections_abc", "zoneinfo"] {
        assert!(all.binary_search(&name).is_ok(), "{name}");
    }
    assert!(all.iter().all(|name| find(name).is_some_and(|module| module.name == *name)));
}

#[test]
fn files_have_their_length() {
    for module in names().filter_map(find) {
        assert_eq!(module.source().len(), module.file.length, "{}", module.name);
    }
    assert_eq!(read_file("json/tool.py").map(|text| text.len()), file_size("json/tool.py"));
    assert!(read_file("json").is_none());
}

#[test]
fn folders_list_their_entries_once() {
    let json: Vec<_> = list_dir("json").expect("a folder").map(|entry| entry.name).collect();
    assert_eq!(json, ["__init__.py", "__main__.py", "decoder.py", "encoder.py", "scanner.py", "tool.py"]);
    let top: Vec<_> = list_dir("").expect("the library's folder").collect();
    assert!(top.contains(&Entry { name: "json", is_dir: true }));
    assert!(top.contains(&Entry { name: "os.py", is_dir: false }));
    assert!(top.windows(2).all(|pair| pair[0].name != pair[1].name));
    assert!(list_dir("jso").is_none() && list_dir("os.py").is_none());
}

#[test]
fn local_patches_are_undone() {
    for module in names().filter_map(find) {
        let source = module.source().to_ascii_lowercase();
        assert!(!source.windows(10).any(|word| word == b"rustpython"), "{} still carries a patch", module.filename());
    }
}

#[test]
fn every_module_is_compiled() {
    let without: Vec<_> = names().filter_map(find).filter(|module| module.code.is_empty()).map(|module| module.name).collect();
    assert!(without.is_empty(), "{without:?}");
    assert!(names().filter_map(find).all(|module| !module.code_index.is_empty()));
}
