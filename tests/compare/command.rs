//! The fullest windows of a log, and strategies for a cache.

use serde_json::Value;

fn evenkeel(args: &[&str]) -> std::process::Output {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_evenkeel"));
    command.args(args).output().unwrap()
}

#[test]
fn the_fullest_minute_is_that_of_the_logs_clock() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("access.log");
    let line =
        |client: &str, time: &str| format!("{client} - - [{time}] \"GET / HTTP/1.1\" 200 1\n");
    // A month apart, out of order, in a zone of half an hour.
    let mut log = String::new();
    for second in 0..40 {
        log += &line("hot", &format!("17/Jun/2015:23:59:{second:02} +0530"));
    }
    for second in 20..60 {
        log += &line("hot", &format!("17/May/2015:10:05:{second:02} +0530"));
        log += &line(
            "hot",
            &format!("17/May/2015:10:06:{:02} +0530", second - 20),
        );
        log += &line(&format!("client-{second}"), "17/May/2015:10:06:59 +0530");
    }
    log += &line("late", "yesterday");
    std::fs::write(&path, log).unwrap();
    let path = path.to_str().unwrap();
    let args = [
        "compare",
        "--access-log",
        path,
        "--key",
        "client",
        "-b",
        "3",
    ];
    let args = [
        &args[..],
        &[
            "-a",
            "rendezvous,round-robin",
            "-f",
            "json",
            "--window",
            "1m",
        ],
    ]
    .concat();
    let output = evenkeel(&args);
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["workload"]["malformed_without_times"], 1);
    assert_eq!(json["workload"]["requests"], 160);
    let fullest = json["results"][0]["fullest"].as_array().unwrap();
    // The minute that others share is fuller by what they send to the same backend.
    assert_eq!(fullest[0]["from"], "17/May/2015:10:06:00 +0530");
    assert!(fullest[0]["requests"].as_u64() > Some(40));
    let others: Vec<_> = fullest[1..3]
        .iter()
        .map(|window| (&window["from"], &window["requests"], &window["to_mean"]))
        .collect();
    let full = |from: &str| (Value::from(from), Value::from(40), Value::from(3.));
    let [may, june] = ["17/May/2015:10:05:00 +0530", "17/Jun/2015:23:59:00 +0530"].map(full);
    assert_eq!(
        others,
        [(&may.0, &may.1, &may.2), (&june.0, &june.1, &june.2)]
    );
    // Turns spread 80 requests over three backends.
    assert_eq!(json["results"][1]["fullest"][0]["requests"], 27);
    for (args, expected) in [
        (
            &["compare", "--window", "1m"][..],
            "needs the times of an access log",
        ),
        (&["compare", "--window", "1500ms"], "expected whole seconds"),
    ] {
        let said = String::from_utf8(evenkeel(args).stderr).unwrap();
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn keyed_leaves_strategies_that_keep_a_key_at_its_backend() {
    let args = [
        "compare",
        "--keyed",
        "-b",
        "3",
        "-n",
        "2000",
        "--clients",
        "100",
        "-f",
        "json",
    ];
    let json: Value = serde_json::from_slice(&evenkeel(&args).stdout).unwrap();
    let results = json["results"].as_array().unwrap();
    assert!(results.len() > 10);
    assert!(results.iter().all(|result| result["affinity"] == 1.));
    let refused = evenkeel(&["simulate", "--keyed", "-a", "round-robin"]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("--keyed: none of the algorithms"), "{said}");
    let script = String::from_utf8(evenkeel(&["completions", "bash"]).stdout).unwrap();
    let offered = script
        .lines()
        .filter(|line| line.contains("compgen -W \"anchor "));
    assert!(offered.clone().count() > 5);
    assert!(
        offered
            .into_iter()
            .all(|line| line.contains(" rendezvous "))
    );
}
