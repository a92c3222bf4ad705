//! Lines that are no messages, and line ends.

use super::*;

/// Lines that are all wrong, each in its way.
fn malformed() -> Vec<Vec<u8>> {
    let mut lines: Vec<Vec<u8>> = Vec::new();
    for line in [INIT, ALICE] {
        lines.extend((1..line.len()).map(|end| line.as_bytes()[..end].to_vec()));
    }
    let wrong = [
        "-1",
        "1e400",
        "[[]]",
        "{}",
        "true",
        "99999999999999999999999",
        "\"\\ud800\"",
    ];
    for field in [
        "msg_id",
        "client_id",
        "algorithm",
        "exclude",
        "owners",
        "explain",
    ] {
        let values = wrong
            .iter()
            .filter(|&&value| value != "true" || field != "explain");
        lines.extend(values.map(|value| {
            format!(r#"{{"type":"http_request","client_ix":"k","{field}":{value}}}"#).into_bytes()
        }));
    }
    let deep = "[".repeat(100_000);
    lines.push(deep.clone().into_bytes());
    lines.push(format!(r#"{{"type":"init","backends":{deep}"#).into_bytes());
    lines.push(
        format!(
            r#"{{"type":"init","backends":[{}{}]}}"#,
            deep,
            "]".repeat(100_000)
        )
        .into_bytes(),
    );
    lines.push(vec![b'x'; 5 << 20]);
    lines.push([INIT.as_bytes(), &vec![b' '; 5 << 20], b"}"].concat());
    lines.push(b"\xFF\xFE".to_vec());
    lines.push(b"{\"type\":\"http_request\",\"client_id\":\"\xC3\x28\"}".to_vec());
    lines.push(b"\0".to_vec());
    lines.push([INIT.as_bytes(), b"\0"].concat());
    lines.push(b"{\"type\":\"init\",\"backends\":[\"a\0\"]}".to_vec());
    lines
}

#[test]
fn malformed_lines_are_refused_and_change_nothing() {
    let lines = malformed();
    assert!(lines.len() > 200, "{}", lines.len());
    let mut input = format!("{INIT}\n{ALICE}\n").into_bytes();
    for line in &lines {
        input.extend_from_slice(line);
        input.push(b'\n');
    }
    input.extend_from_slice(ALICE.as_bytes());
    let answers = answers_to(&input);
    assert_eq!(answers.len(), lines.len() + 3);
    for (line, answer) in lines.iter().zip(&answers[2..]) {
        let start = String::from_utf8_lossy(&line[..line.len().min(200)]);
        assert_eq!(body(answer)["type"], "error", "{start}");
        assert_eq!(body(answer)["code"], 12, "{start}: {answer}");
    }
    assert_eq!(answers.last(), answers.get(1));
}

#[test]
fn long_lines_are_skipped_wherever_they_end() {
    let limits = Limits {
        max_line_bytes: 100,
        ..Limits::default()
    };
    for length in [101, 1 << 16, (1 << 16) + 1, 200_000] {
        for end in ["", "\n", "\nx\n"] {
            let input = format!("{}{end}", "y".repeat(length));
            let mut output = Vec::new();
            serve(
                input.as_bytes(),
                &mut output,
                None,
                Registry::builtin(),
                Instant::now(),
                limits,
            )
            .unwrap();
            let output = String::from_utf8(output).unwrap();
            let long = output.matches("longer than 100 bytes").count();
            assert_eq!(
                (long, output.lines().count()),
                (1, 1 + end.matches('x').count())
            );
        }
    }
}

#[test]
fn blank_lines_and_line_ends_of_either_kind_are_accepted() {
    let input = format!("\n  \r\n{INIT}\r\n\n{ALICE}");
    assert_eq!(answers_to(input.as_bytes()).len(), 2);
}
