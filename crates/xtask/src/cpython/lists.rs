//! The checked-in lists of modules and tests.

use super::run::ModuleRun;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The contents of `tests/cpython/`.
pub(super) struct Lists {
    folder: PathBuf,
    modules: Vec<String>,
    tags: BTreeMap<String, BTreeSet<String>>,
    unstable: BTreeSet<String>,
    baseline: BTreeMap<String, usize>,
    /// The version of the suite that the lists were made with.
    pub(super) version: String,
}

impl Lists {
    pub(super) fn read(folder: &Path) -> Result<Lists, String> {
        let modules = lines(&folder.join("modules.txt"));
        let read_tags = |module: &String| (module.clone(), lines(&tag_file(folder, module)).into_iter().collect());
        let tags = modules.iter().map(read_tags).collect();
        let unstable = lines(&folder.join("unstable.txt"));
        let unstable = unstable.iter().filter_map(|line| Some(line.split_whitespace().next()?.to_owned())).collect();
        let mut baseline = BTreeMap::new();
        let mut version = String::new();
        for line in lines(&folder.join("baseline.txt")) {
            match line.split_once(' ') {
                Some(("suite", value)) => value.clone_into(&mut version),
                Some((module, count)) => {
                    baseline.insert(module.to_owned(), count.trim().parse().map_err(|_| format!("baseline.txt: {line:?}"))?);
                }
                None => return Err(format!("baseline.txt: {line:?}")),
            }
        }
        Ok(Lists { folder: folder.to_owned(), modules, tags, unstable, baseline, version })
    }

    /// The modules to run: those named, else all.
    pub(super) fn select(&self, names: &[String]) -> Result<Vec<String>, String> {
        if names.is_empty() {
            return Ok(self.modules.clone());
        }
        match names.iter().find(|name| !self.modules.contains(name)) {
            Some(name) => Err(format!("{name} is not in tests/cpython/modules.txt")),
            None => Ok(names.to_vec()),
        }
    }

    /// The listed tests of a module.
    pub(super) fn tags(&self, module: &str) -> BTreeSet<String> {
        self.tags.get(module).cloned().unwrap_or_default()
    }

    /// How many tests of these modules are listed.
    pub(super) fn listed(&self, modules: &[String]) -> usize {
        modules.iter().filter_map(|module| self.tags.get(module)).map(BTreeSet::len).sum()
    }

    /// How many tests of a module pass under CPython.
    pub(super) fn baseline(&self, module: &str) -> Option<usize> {
        self.baseline.get(module).copied()
    }

    /// Lists the tests of a module that passed; how many are new.
    pub(super) fn add(&self, module: &str, run: &ModuleRun) -> Result<usize, String> {
        let mut tags = self.tags(module);
        let before = tags.len();
        tags.extend(run.passed().filter(|id| !self.unstable.contains(*id)).map(str::to_owned));
        if tags.len() > before {
            let text: String = tags.iter().map(|id| format!("{id}\n")).collect();
            write(&tag_file(&self.folder, module), &text)?;
        }
        Ok(tags.len() - before)
    }

    /// Records how many tests pass under the reference, keeping what is known of modules that did not run.
    pub(super) fn write_baseline<'a>(
        &self,
        version: &str,
        runs: impl Iterator<Item = (&'a String, &'a ModuleRun)>,
    ) -> Result<(), String> {
        let mut baseline = self.baseline.clone();
        baseline.extend(runs.map(|(module, run)| (module.clone(), run.passed().count())));
        let rows: String = baseline.iter().map(|(module, count)| format!("{module} {count}\n")).collect();
        write(&self.folder.join("baseline.txt"), &format!("suite {version}\n{rows}"))
    }
}

fn tag_file(folder: &Path, module: &str) -> PathBuf {
    folder.join("tags").join(format!("{module}.txt"))
}

/// The lines of a list, without comments; a file that is not there is an empty list.
fn lines(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    path.parent().map_or(Ok(()), fs::create_dir_all).map_err(|error| format!("{}: {error}", path.display()))?;
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}
