//! The dialects answer as the real programs did: every recorded row, loaded through the ordinary
//! config and replayed through the ordinary load balancer. `tests/vectors/README.md` has the format.

use std::path::Path;
use std::process::Command;

use evenkeel::vectors::{Replayed, Vectors};

fn folder() -> &'static Path {
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors").as_ref()
}

#[test]
fn every_recorded_answer_is_given_again() {
    let replayed = Vectors::read(folder()).unwrap().replay(|| {});
    let differ: Vec<_> = replayed.iter().filter(|row| !row.holds()).collect();
    assert!(differ.is_empty(), "{differ:#?}");
    let sum = |count: fn(&Replayed) -> usize| replayed.iter().map(count).sum::<usize>();
    assert_eq!((replayed.len(), sum(|row| row.total)), (687, TOTAL));
    assert_eq!(sum(|row| row.matched), TOTAL);
}

/// All recorded answers.
const TOTAL: usize = 1_267_512;

/// A folder with these rows, and what the command says of it and exits with.
fn verified(rows: &str, sets: &str) -> (String, Option<i32>) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rows.jsonl"), rows).unwrap();
    std::fs::write(folder.path().join("keysets.json"), sets).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .args(["verify", "vectors"])
        .arg(folder.path())
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (String::from_utf8(said).unwrap(), output.status.code())
}

#[test]
fn missing_vectors_are_reported_with_where_they_were_sought() {
    let folder = tempfile::tempdir().unwrap();
    let said = |path: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
            .args(["verify", "vectors"])
            .args(path)
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    let sought = said(&[]);
    let name = folder.path().file_name().unwrap().to_str().unwrap();
    assert!(
        sought.contains(name) && sought.contains("`verify vectors PATH`"),
        "{sought}"
    );
    let given = said(&["nowhere"]);
    assert!(
        given.starts_with("error: nowhere: there is no such directory"),
        "{given}"
    );
}

fn row(picks: &str) -> String {
    let config = r#"{"algorithm": "gomemcache", "backends": ["a:1", "b:1"]}"#;
    format!(
        r#"{{"name": "row", "source": "gomemcache", "config": {config}, "kind": "routes", "keys": "k", "picks": {picks}}}"#
    )
}

/// The CRCs of a, b and c are odd, odd and odd but one: 3904355907, 1908338681, 112844655.
#[test]
fn a_wrong_answer_is_counted_and_named() {
    let sets = r#"{"k": ["a", "b", "c"]}"#;
    let (said, code) = verified(&row(r#""111""#), sets);
    assert!(
        said.starts_with("3/3\trow\tgomemcache\n3/3\t1 rows, 100 %\n"),
        "{said}"
    );
    assert_eq!(code, Some(0));
    let (said, code) = verified(&row("[1, 0, 1]"), sets);
    assert!(said.contains("request 1 went to 1, expected 0"), "{said}");
    assert!(said.contains("2/3\t1 rows, 66.666 %"), "{said}");
    assert_eq!(code, Some(1));
    let (said, code) = verified(&row(r#""11""#), sets);
    assert!(
        said.contains("3 requests, expected 2") && said.contains("2/3\t1 rows"),
        "{said}"
    );
    assert_eq!(code, Some(1));
}

#[test]
fn a_row_that_cannot_be_replayed_is_no_match() {
    let (said, code) = verified(&row(r#""1""#), "{}");
    assert!(said.contains("there is no set k"), "{said}");
    assert_eq!(code, Some(1));
    let config = row(r#""1""#).replace("gomemcache\"", "gomemcash\"");
    let (said, code) = verified(&config, r#"{"k": ["a"]}"#);
    assert!(said.contains("did you mean `gomemcache`?"), "{said}");
    assert_eq!(code, Some(1));
}

#[test]
fn a_row_without_an_answer_is_no_match() {
    let (said, code) = verified(&row(r#""""#), r#"{"k": []}"#);
    assert!(said.contains("the row has no answer"), "{said}");
    assert_eq!(code, Some(1));
}

#[test]
fn a_line_that_is_no_row_is_located() {
    let (said, code) = verified("{}\n", "{}");
    assert!(said.contains("rows.jsonl:1: not a row"), "{said}");
    assert_eq!(code, Some(2));
    let (said, code) = verified("", "{}");
    assert!(said.contains("no rows; expected files"), "{said}");
    assert_eq!(code, Some(2));
}
