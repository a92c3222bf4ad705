//! Where reports go: formats, exports, folders of plots, and what is not written over.

use std::fs;
use std::process::{Command, Output};

use tempfile::TempDir;

/// A folder with two configs, `before.yaml` and `after.yaml`, and keys, `keys.txt`.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("before.yaml", "algorithm: ketama\nbackends: [a, b]\n");
    write("after.yaml", "algorithm: ketama\nbackends: [a, b, c]\n");
    write("keys.txt", "x\ny\nz\n");
    folder
}

/// Runs the program in a folder, with words between spaces.
fn evenkeel(folder: &TempDir, words: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evenkeel"));
    command.args(words.split(' ')).current_dir(folder.path());
    command.output().unwrap()
}

/// What a run writes that ends well, to standard output and to standard error.
fn written(folder: &TempDir, words: &str) -> (String, String) {
    let output = evenkeel(folder, words);
    let [out, err] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    assert!(output.status.success(), "{words}: {err}");
    (out, err)
}

/// What a run says that is refused.
fn refused(folder: &TempDir, words: &str) -> String {
    let output = evenkeel(folder, words);
    assert_eq!(output.status.code(), Some(2), "{words}");
    assert!(output.stdout.is_empty(), "{words}");
    String::from_utf8(output.stderr).unwrap()
}

/// A quick run of each command that writes a report, and the question that its page begins with.
const REPORTS: [(&str, &str); 4] = [
    (
        "compare before.yaml --keys-from keys.txt --algorithm ketama",
        "How do the strategies spread this workload, and what does a change move?",
    ),
    (
        "plan before.yaml after.yaml --keys-from keys.txt",
        "Which keys move?",
    ),
    (
        "simulate before.yaml --load 0.5 --requests 1000",
        "How long do requests take?",
    ),
    (
        "agreement before.yaml after.yaml --keys-from keys.txt",
        "Do these clients reach the same backend for the same key?",
    ),
];

/// Exports are what standard output would be in their formats, and change nothing of it.
#[test]
fn an_export_is_what_its_format_writes() {
    for (words, question) in REPORTS {
        let folder = folder();
        let exports = "--output r.txt --output r.md --output r.csv --output r.json --output r.html";
        let (out, _) = written(&folder, &format!("{words} {exports}"));
        let read = |name| fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(out, read("r.txt"), "{words}");
        for (format, name) in [("markdown", "r.md"), ("csv", "r.csv"), ("json", "r.json")] {
            let (out, _) = written(&folder, &format!("{words} --format {format}"));
            assert_eq!(out, read(name), "{words}");
        }
        for page in [
            read("r.html"),
            written(&folder, &format!("{words} --format html")).0,
        ] {
            assert!(page.starts_with("<!DOCTYPE html>"), "{page}");
            assert!(page.contains(question), "{page}");
        }
        assert!(!out.contains(question), "only pages ask: {out}");
    }
}

/// The tables say it themselves.
#[test]
fn caveats_go_to_standard_error_where_the_format_has_none() {
    let folder = folder();
    let overload = "simulate before.yaml --load 1.5 --requests 1000";
    for (format, is_told) in [
        ("text", false),
        ("markdown", false),
        ("html", false),
        ("csv", true),
        ("json", true),
        ("bars", true),
    ] {
        let (_, said) = written(&folder, &format!("{overload} --format {format}"));
        assert_eq!(said.contains("cannot keep up"), is_told, "{format}: {said}");
    }
}

/// The kinds of files of plots, and what is said where one of them is not built in.
const PLOTS: (&[&str], &str) = if cfg!(feature = "png") {
    (&["png", "svg"], "")
} else {
    let remark = "plots are written as SVG only; for PNG as well, build with `--features png`\n";
    (&["svg"], remark)
};

/// Each plot is a file of each kind, and stands in the page.
#[test]
fn plots_are_files_and_stand_in_pages() {
    let expected = [
        "load memory owners peak remap-1 remap-2",
        "before-and-after flows moves owners warm-up",
        "busy p99 p99-over-time percentiles queue-over-time queues-ketama",
        "agreement",
    ];
    for ((words, _), names) in REPORTS.into_iter().zip(expected) {
        let folder = folder();
        let drawn = "--plot new/plots --output r.html";
        let (_, said) = written(&folder, &format!("{words} {drawn}"));
        assert_eq!(said, PLOTS.1, "{words}");
        let page = fs::read_to_string(folder.path().join("r.html")).unwrap();
        let files = fs::read_dir(folder.path().join("new/plots")).unwrap();
        let files = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        let mut files: Vec<_> = files.collect();
        files.sort();
        let names: Vec<_> = names.split(' ').collect();
        let kinds = |name| PLOTS.0.iter().map(move |kind| format!("{name}.{kind}"));
        let mut expected: Vec<_> = names.iter().flat_map(kinds).collect();
        expected.sort();
        assert_eq!(files, expected, "{words}");
        let figures = page.matches("<figure id=").count();
        assert_eq!(figures, names.len(), "{words}");
        for name in names {
            assert!(
                page.contains(&format!("<figure id=\"plot-{name}\">")),
                "{name}"
            );
        }
    }
}

/// What was only measured for pictures is in no table.
#[test]
fn pictures_change_nothing_of_what_is_written() {
    for (words, _) in REPORTS {
        for format in ["text", "csv", "json"] {
            let folder = folder();
            let words = format!("{words} --format {format}");
            let (plain, _) = written(&folder, &words);
            let (beside, _) = written(&folder, &format!("{words} --plot plots"));
            assert_eq!(plain, beside, "{words}");
        }
    }
}

#[test]
fn bars_are_written_alone_and_fit() {
    for (words, _) in &REPORTS[..3] {
        let (bars, said) = written(&folder(), &format!("{words} --format bars"));
        assert!(bars.contains('█') && !bars.contains('─'), "{bars}");
        assert!(
            bars.lines().all(|line| line.chars().count() <= 80),
            "{bars}"
        );
        assert_eq!(said, "");
    }
    let (words, _) = REPORTS[3];
    let (bars, said) = written(&folder(), &format!("{words} --format bars"));
    assert_eq!(bars, "");
    assert!(
        said.ends_with("there is nothing to be drawn as bars\n"),
        "{said}"
    );
    assert!(
        said.starts_with("the configs have different backends"),
        "{said}"
    );
}

/// What a terminal gets from a run; none, and printed as skipped, where there is no `script`, which makes one.
fn on_a_terminal(folder: &TempDir, words: &str) -> Option<String> {
    let program = env!("CARGO_BIN_EXE_evenkeel");
    let mut script = Command::new("script");
    script.args(["-qec", &format!("{program} --quiet {words}"), "/dev/null"]);
    let Ok(output) = script.current_dir(folder.path()).output() else {
        println!("skipped, since there is no `script`");
        return None;
    };
    Some(String::from_utf8(output.stdout).unwrap())
}

/// On a terminal bars follow all tables.
#[test]
fn bars_follow_all_tables_on_a_terminal_only() {
    let words = format!("{} --details", REPORTS[0].0);
    let (piped, _) = written(&folder(), &words);
    assert!(!piped.contains('█'), "{piped}");
    let Some(shown) = on_a_terminal(&folder(), &words) else {
        return;
    };
    let (tables, bars) = shown.split_once("Busiest backend: requests").unwrap();
    assert!(tables.contains('─') && !tables.contains('█'), "{shown}");
    assert!(bars.contains('█') && !bars.contains('─'), "{shown}");
}

/// Whether the table of costs has the times of a build and of a pick behind the memory.
fn is_timed_in(report: &str) -> bool {
    let (_, costs) = report.split_once("memory bytes").unwrap();
    let row = costs.lines().find(|line| line.starts_with("ketama"));
    row.unwrap().split_whitespace().count() == 4
}

#[test]
fn times_are_measured_on_a_terminal_unless_they_are_turned_off() {
    let words = format!("{} --details", REPORTS[0].0);
    let folder = folder();
    for (flag, is_timed) in [
        ("", true),
        (" --timing=never", false),
        (" --no-timing", false),
    ] {
        let Some(shown) = on_a_terminal(&folder, &format!("{words}{flag}")) else {
            return;
        };
        assert_eq!(is_timed_in(&shown), is_timed, "{flag}: {shown}");
    }
    for (flag, is_timed) in [("", false), (" --timing", true), (" --timing=always", true)] {
        let (out, _) = written(&folder, &format!("{words}{flag}"));
        assert_eq!(is_timed_in(&out), is_timed, "{flag}: {out}");
    }
}

#[test]
fn a_file_is_no_folder_for_plots() {
    for (words, _) in REPORTS {
        let said = refused(&folder(), &format!("{words} --plot keys.txt"));
        assert_eq!(said, "error: keys.txt: expected a folder, not a file\n");
    }
}

/// What is read is never written over, whether it is a config or has the requests.
#[test]
fn no_export_overwrites_an_input() {
    for (words, _) in REPORTS {
        let folder = folder();
        let words = words
            .replace("before.yaml", "before.json")
            .replace("keys.txt", "keys.csv");
        for (from, input) in [("before.yaml", "before.json"), ("keys.txt", "keys.csv")] {
            fs::copy(folder.path().join(from), folder.path().join(input)).unwrap();
        }
        let inputs = ["before.json", "keys.csv"];
        for input in inputs.into_iter().filter(|input| words.contains(input)) {
            let said = refused(&folder, &format!("{words} --output ./{input}"));
            assert_eq!(
                said,
                format!("error: ./{input}: refusing to overwrite an input file\n")
            );
        }
    }
}

#[test]
fn no_plot_overwrites_an_input() {
    let (words, _) = REPORTS[0];
    let folder = folder();
    fs::rename(
        folder.path().join("keys.txt"),
        folder.path().join("load.svg"),
    )
    .unwrap();
    let words = words.replace("keys.txt", "load.svg");
    let said = refused(&folder, &format!("{words} --plot ."));
    assert_eq!(
        said,
        "error: ./load.svg: refusing to overwrite an input file\n"
    );
}

#[test]
fn an_export_that_cannot_be_written_is_named() {
    let folder = folder();
    fs::create_dir(folder.path().join("folder.html")).unwrap();
    let others = [
        "verify strategies",
        "export before.yaml --to nginx --key client",
        "import before.yaml",
    ];
    let reports = REPORTS.iter().map(|(words, _)| *words);
    for words in reports.chain(others) {
        // Progress would be told of before the error.
        assert_eq!(
            refused(&folder, &format!("{words} --output missing/r.html")),
            "error: missing/r.html: cannot write: there is no folder `missing`\n"
        );
        assert_eq!(
            refused(&folder, &format!("{words} --output folder.html")),
            "error: folder.html: expected a file, not a folder\n"
        );
    }
    assert_eq!(
        refused(&folder, &format!("{} --plot keys.txt/plots", REPORTS[0].0)),
        "error: keys.txt: expected a folder, not a file\n"
    );
}

#[test]
fn no_output_overwrites_another() {
    let folder = folder();
    for (words, _) in REPORTS {
        let said = refused(&folder, &format!("{words} -o r.json -o ./r.json"));
        assert_eq!(
            said,
            "error: ./r.json: two outputs would be written to this file; expected a file for each\n"
        );
    }
    let (plan, _) = REPORTS[1];
    for (flags, file) in [
        ("-o r.txt --list-moved r.txt", "r.txt"),
        (
            "--list-moved states/step-1.yaml --write-states states",
            "states/step-1.yaml",
        ),
    ] {
        fs::create_dir_all(folder.path().join("states")).unwrap();
        let said = refused(&folder, &format!("{plan} {flags}"));
        assert!(
            said.starts_with(&format!("error: {file}: two outputs")),
            "{said}"
        );
        assert!(!folder.path().join(file).exists(), "{file}");
    }
}
