//! Runs a program with a time limit and captures what it prints.

use std::io::{Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It exited, with this status.
    Exit(i32),
    /// A signal killed it.
    Signal(i32),
    /// It was stopped at its time limit.
    TimedOut,
}

impl std::fmt::Display for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Ended::Exit(code) => write!(f, "exit {code}"),
            Ended::Signal(number) => write!(f, "killed by signal {number}"),
            Ended::TimedOut => f.write_str("timed out"),
        }
    }
}

/// What a program printed, and how it ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) ended: Ended,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The search path with the program's folder first, for what the program starts by name.
pub(crate) fn path_with(program: &Path) -> String {
    let folder = program.parent().unwrap_or(Path::new("/")).display();
    format!("{folder}:{}", std::env::var("PATH").unwrap_or_default())
}

/// When a program is stopped.
pub(crate) struct Limits<'a> {
    /// After this time.
    pub(crate) total: Duration,
    /// When this file has not changed its length for this time.
    pub(crate) stall: Option<(Duration, &'a Path)>,
}

/// Runs `command` with `input` on its standard input. At the time limit its whole process group is killed.
pub(crate) fn run(command: &mut Command, input: &[u8], limit: Duration) -> Result<Outcome, String> {
    run_watched(command, input, &Limits { total: limit, stall: None })
}

/// [`run`] with all limits.
pub(crate) fn run_watched(command: &mut Command, input: &[u8], limits: &Limits<'_>) -> Result<Outcome, String> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let mut child = command.spawn().map_err(|error| format!("{}: {error}", command.get_program().display()))?;
    let group = child.id();
    let (mut stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    thread::scope(|scope| {
        // A program that ends without reading its input closes the pipe: that is no error of ours.
        scope.spawn(move || stdin.take().map(|mut pipe| pipe.write_all(input)));
        let out = scope.spawn(|| read(stdout));
        let err = scope.spawn(|| read(stderr));
        let ended = wait(&mut child, limits);
        // Whatever the program left running would keep the pipes open.
        kill_group(group);
        Ok(Outcome { ended: ended?, stdout: out.join().unwrap_or_default(), stderr: err.join().unwrap_or_default() })
    })
}

fn wait(child: &mut std::process::Child, limits: &Limits<'_>) -> Result<Ended, String> {
    let start = Instant::now();
    let mut seen = (0, start);
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
            return Ok(describe(status));
        }
        if let Some((_, file)) = limits.stall {
            let length = file.metadata().map_or(0, |data| data.len());
            if length != seen.0 {
                seen = (length, Instant::now());
            }
        }
        let stalled = limits.stall.is_some_and(|(limit, _)| seen.1.elapsed() >= limit);
        if stalled || start.elapsed() >= limits.total {
            kill_group(child.id());
            child.kill().and_then(|()| child.wait()).map_err(|error| error.to_string())?;
            return Ok(Ended::TimedOut);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

fn describe(status: ExitStatus) -> Ended {
    match (status.code(), status.signal()) {
        (Some(code), _) => Ended::Exit(code),
        (None, signal) => Ended::Signal(signal.unwrap_or_default()),
    }
}

fn kill_group(leader: u32) {
    // An empty group makes `kill` complain, which is what is wanted most of the time.
    let group = format!("-{leader}");
    let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).stdin(Stdio::null()).status();
}

fn read(pipe: Option<impl Read>) -> String {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        // What was read before an error is still worth comparing.
        let _ = pipe.read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
