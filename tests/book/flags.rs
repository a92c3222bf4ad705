use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::{Page, pages};

fn evenkeel(arguments: &[&str], folder: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// The words of a help that may be flags.
fn known(command: &[&str]) -> Vec<String> {
    let help = evenkeel(&[command, &["--help"]].concat(), super::root());
    let ends = |letter: char| !letter.is_alphanumeric() && letter != '-';
    help.split(ends).map(str::to_owned).collect()
}

/// The words of a command, of which some have commands of their own.
fn command(words: &[String]) -> Vec<&str> {
    let several = ["tune", "verify"].contains(&&*words[0]);
    let words = words.iter().map(String::as_str);
    let names = words.take_while(|word| !word.starts_with('-'));
    names.take(1 + usize::from(several)).collect()
}

/// Some commands are not run, because they need or write a file. Their flags must be listed in the help, which omits old
/// spellings.
#[test]
fn every_command_has_flags_that_its_help_lists() {
    let mut helps = BTreeMap::new();
    for page in pages() {
        let blocks = ["sh", "console"].map(|language| page.blocks(language).collect::<Vec<_>>());
        let lines = blocks.iter().flatten().flat_map(|block| block.lines());
        let lines =
            lines.filter_map(|line| line.trim_start_matches("$ ").strip_prefix("evenkeel "));
        for line in lines {
            let words = shlex::split(line).unwrap_or_else(|| panic!("{}: {line}", page.name));
            let command = command(&words);
            let known = helps
                .entry(command.join(" "))
                .or_insert_with(|| known(&command));
            let flags = words
                .iter()
                .filter(|word| word.len() > 1 && word.starts_with('-'));
            for flag in flags.map(|flag| flag.split('=').next().unwrap()) {
                let listed = known.iter().any(|word| word == flag);
                assert!(listed, "{}: {flag} is not in the help: {line}", page.name);
            }
        }
    }
    assert!(!helps.is_empty(), "no page has a command");
}

/// The first commands of the README, on a file of the reader's.
#[test]
fn the_readme_predicts_a_change_of_a_nginx_conf() {
    const CONF: &str = "http {\n  upstream app {\n    hash $request_uri consistent;\n    server 10.0.0.1:8080;\n    \
        server 10.0.0.2:8080;\n    server 10.0.0.3:8080 weight=2;\n  }\n  server {\n    listen 80;\n    \
        location / { proxy_pass http://app; }\n  }\n}\n";
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("nginx.conf"), CONF).unwrap();
    let readme = Page::read("README.md");
    let block = readme.blocks("sh").find(|block| block.contains("import"));
    let mut last = String::new();
    for line in block.unwrap().lines() {
        let words = shlex::split(line).unwrap();
        let words: Vec<_> = words.iter().skip(1).map(String::as_str).collect();
        last = evenkeel(&words, folder.path());
    }
    assert!(last.contains("10.0.0.2:8080"), "{last}");
}
