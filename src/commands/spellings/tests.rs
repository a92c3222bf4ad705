use super::*;

/// A command line in the new spelling and how many notes are printed about it.
fn now(line: &str) -> (String, usize) {
    let words = format!("evenkeel {line}");
    let words: Vec<_> = words.split(' ').map(OsString::from).collect();
    let Respelled { words, notes } = respelled(&words);
    let words: Vec<_> = words[1..]
        .iter()
        .map(|word| word.to_str().unwrap())
        .collect();
    (words.join(" "), notes.len())
}

#[test]
fn old_spellings_become_new_ones() {
    for (old, new) in [
        ("route -c F alice bob", "route F alice bob"),
        ("route alice --config=F", "route F alice"),
        ("explain -cF alice", "explain F alice"),
        ("plan -c a -c b --steps", "plan a b --steps"),
        ("plan --add d --config a", "plan a --add d"),
        ("compare -c F", "compare F"),
        (
            "compare --export a.md --export=b.csv",
            "compare --output a.md --output=b.csv",
        ),
        (
            "compare -a all --no-timing",
            "compare -a all --timing=never",
        ),
        ("compare --verify", "verify strategies"),
        (
            "simulate --verify --format json",
            "verify simulation --format json",
        ),
        ("simulate --limit 5ms", "simulate --slo 5ms"),
        ("simulate --format table", "simulate --format text"),
        ("verify-vectors DIR", "verify vectors DIR"),
        ("help verify-vectors", "help verify vectors"),
        ("help -q verify-vectors", "help -q verify vectors"),
        ("route -qc F alice", "route F -q alice"),
        ("route -qcF alice", "route F -q alice"),
        ("route -qc=F -- -qc", "route F -q -- -qc"),
        ("check --numbering F", "numbering F"),
        ("tune --backends 3", "tune size --backends 3"),
        (
            "export --to nginx --format=native",
            "export --to nginx --format=text",
        ),
        (
            "algorithms --markdown maglev",
            "algorithms --format=markdown maglev",
        ),
    ] {
        assert_eq!(now(old), (new.to_owned(), 1), "{old}");
        assert_eq!(now(new), (new.to_owned(), 0), "{new} is new");
    }
}

#[test]
fn several_old_spellings_of_a_line_are_noted_singly() {
    for (old, new, notes) in [
        ("-q tune -c F --subset", "-q tune subset F", 2),
        ("tune --bound -c F", "tune bound F", 2),
        ("tune -c F", "tune size F", 2),
        (
            "verify-vectors DIR --format summary",
            "verify vectors DIR --format markdown",
            2,
        ),
        (
            "compare -c F --no-timing --format table",
            "compare F --timing=never --format text",
            3,
        ),
    ] {
        assert_eq!(now(old), (new.to_owned(), notes), "{old}");
    }
}

#[test]
fn nothing_else_is_touched() {
    for line in [
        "",
        "-q",
        "--help",
        "tune",
        "tune -q size F",
        "tune --help",
        "route F -- -c --config",
        "route F -q -- -qc",
        "check -qc F",
        "help tune",
        "help plan verify-vectors",
        "export F --to nginx --key header:-c",
        "explain F --format json table",
        "advise F --trace x",
    ] {
        assert_eq!(now(line), (line.to_owned(), 0));
    }
}

#[test]
fn notes_name_the_new_spelling() {
    let words = ["evenkeel", "route", "-c", "F"].map(OsString::from);
    assert_eq!(
        respelled(&words).notes,
        [
            "note: `route -c CONFIG` is now `route CONFIG`; the old spelling works for one more release"
        ]
    );
}
