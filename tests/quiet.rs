//! What is said on standard error beside results.

use std::process::{Command, Output};

/// Where standard error is no terminal.
fn evenkeel(args: &str) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .args(args.split(' '))
        .output();
    output.unwrap()
}

fn said(args: &str) -> String {
    String::from_utf8(evenkeel(args).stderr).unwrap()
}

#[test]
fn nothing_is_said_where_there_is_nothing_to_say() {
    for command in [
        "compare --requests 2000 --clients 100 --algorithm ketama,maglev --repeat 2",
        "compare --keys-from tests/cli/keys.txt --algorithm ketama,random --format json",
        "simulate --load 0.5 --sweep 0.7 --requests 2000 --algorithm random --repeat 2 --format json",
        "simulate --trace tests/cli/simulate/requests.csv --algorithm random --format csv",
        "plan configs/ketama.yaml --add d --keys 2000 --format json",
        "plan configs/ketama.yaml --add d --keys-from tests/cli/keys.txt --format csv",
        "agreement configs/clients/libketama.yaml configs/clients/pecl.yaml --requests 100 --clients 10",
        "route configs/ketama.yaml --keys-from tests/cli/keys.txt",
    ] {
        let output = evenkeel(command);
        assert!(
            output.status.success() && !output.stdout.is_empty(),
            "{command}"
        );
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{command}");
    }
}

#[test]
fn quiet_omits_remarks_and_gives_the_same_results() {
    for (command, remark) in [
        (
            "compare --access-log tests/cli/access.log --key client --algorithm ketama --format csv",
            "malformed lines: 3",
        ),
        (
            "simulate --load 1.5 --requests 2000 --algorithm random --format json",
            "cannot keep up",
        ),
        (
            "simulate --load 0.5 --sweep 0.7 --requests 2000 --algorithm random --format csv",
            "what all loads come to",
        ),
        (
            "simulate --load 0.5 --window 1s --requests 2000 --algorithm random --format csv",
            "in the windows",
        ),
        (
            "plan configs/bounded-load.yaml --add d --keys 2000 --format json",
            "measured without requests in flight",
        ),
    ] {
        assert!(
            said(command).contains(remark),
            "{command}: {}",
            said(command)
        );
        for quiet in [format!("--quiet {command}"), format!("{command} -q")] {
            let output = evenkeel(&quiet);
            assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{quiet}");
            assert_eq!(output.stdout, evenkeel(command).stdout, "{quiet}");
        }
    }
}

#[test]
fn quiet_still_prints_errors() {
    let output = evenkeel("plan -q configs/ketama.yaml --add d --max-moved 0.1% --keys 2000");
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        error.starts_with("error: ") && error.lines().count() == 1,
        "{error}"
    );
}
