//! Reports answer first, on one screen; the tables behind the answer are a flag away.

use std::process::Command;

/// The most characters of a headline: two lines of a page that is 1280 pixels wide.
const HEADLINE: usize = 150;

/// The most lines and columns of a report that shows no details.
const SCREEN: (usize, usize) = (40, 80);

/// A quick run of each command, what its answer begins with, and a table that only the details have.
const REPORTS: [(&str, &str, &str); 6] = [
    (
        "plan tests/cli/plan/before.yaml tests/cli/plan/after.yaml --keys 20000",
        "41.6% of keys (and requests) move; the minimum is 30.0%.",
        "Requests of each backend",
    ),
    (
        "plan tests/cli/plan/before.yaml tests/cli/plan/after.yaml --keys 20000 --steps",
        "41.6% of keys (and requests) move; the minimum is 30.0%.",
        "Requests of each backend",
    ),
    (
        "simulate --backends 4 --algorithm all --load 0.8 --requests 5000",
        "Lowest p99 latency: ",
        "mean_queue",
    ),
    (
        "simulate --backends 4 --algorithm jump,memento --load 0.5 --requests 2000 --repeat 5",
        "No significant difference in p99 latency; lowest: ",
        "Difference from the best",
    ),
    (
        "tune size --backends 10 --algorithm ketama --peak-to-mean 1.5 --requests 3000 --clients 3000",
        "Use `options: { ketama: { points_per_weight: ",
        "Search",
    ),
    (
        "advise tests/cli/advise/few.yaml --requests 2000",
        "Use ",
        "Excluded strategies",
    ),
];

fn printed(words: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evenkeel"));
    let output = command.arg("-q").args(words.split(' ')).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_first_lines_are_the_answer() {
    for (words, answer, _) in REPORTS {
        for more in ["", " --details", " --format markdown"] {
            let text = printed(&format!("{words}{more}"));
            assert!(text.starts_with(answer), "{words}{more}: {text}");
        }
        let page = printed(&format!("{words} --format html"));
        let (_, rest) = page.split_once("<p class=\"answer\">").unwrap();
        let (headline, _) = rest.split_once("</p>").unwrap();
        let headline = headline.replace("<code>", "").replace("</code>", "");
        assert!(headline.chars().count() <= HEADLINE, "{headline}");
    }
}

#[test]
fn a_report_fits_one_screen_and_details_have_the_rest() {
    for (words, _, details) in REPORTS {
        let text = printed(words);
        let longest = text.lines().map(|line| line.chars().count()).max();
        assert!(text.lines().count() <= SCREEN.0, "{words}: {text}");
        assert!(longest <= Some(SCREEN.1), "{words}: {text}");
        assert!(!text.contains(details), "{words}: {text}");
        assert!(text.contains("`--details`"), "{words}: {text}");
        for more in ["--details", "--format markdown", "--format html"] {
            let whole = printed(&format!("{words} {more}"));
            assert!(whole.contains(details), "{words} {more}: {whole}");
        }
    }
}
