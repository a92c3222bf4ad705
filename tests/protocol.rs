//! Conversations with `serve`, through its own loop, and how it behaves on a pipe.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use evenkeel::config::Config;
use evenkeel::protocol::{Limits, serve};
use proptest::prelude::*;

/// The answers to some lines of bytes.
fn answers_to(input: &[u8]) -> Vec<String> {
    let mut output = Vec::new();
    serve(input, &mut output, None, Limits::default()).unwrap();
    String::from_utf8(output)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

fn answers(lines: &[&str]) -> Vec<String> {
    answers_to((lines.join("\n") + "\n").as_bytes())
}

/// Checks a conversation: each line, and what the answer must be.
fn converse(turns: &[(&str, &str)]) {
    let answers = answers(&turns.iter().map(|&(line, _)| line).collect::<Vec<_>>());
    for ((line, expected), answer) in turns.iter().zip(&answers) {
        assert_eq!(answer, expected, "to {line}");
    }
    assert_eq!(answers.len(), turns.len());
}

const INIT: &str = r#"{"src":"client","dest":"lb","body":{"type":"init","msg_id":1,"backends":["backend-1","backend-2","backend-3"],"algorithm":"consistent-hash"}}"#;
const ALICE: &str =
    r#"{"src":"client","dest":"lb","body":{"type":"http_request","msg_id":2,"client_id":"alice"}}"#;
const INIT_OK: &str =
    r#"{"src": "lb", "dest": "client", "body": {"type": "init_ok", "in_reply_to": 1}}"#;

fn body(line: &str) -> serde_json::Value {
    let value: serde_json::Value = serde_json::from_str(line).unwrap();
    value.get("body").unwrap_or(&value).clone()
}

#[test]
fn a_client_always_reaches_the_same_backend() {
    let answers = answers(&[INIT, ALICE, ALICE, ALICE]);
    assert_eq!(answers[0], INIT_OK);
    assert!(
        answers[1] == answers[2] && answers[2] == answers[3],
        "{answers:?}"
    );
    let position = body(&answers[1])["hash_ring_position"].as_u64().unwrap();
    assert!(position < 360, "{position}");
}

#[test]
fn a_new_backend_moves_few_clients_and_all_to_itself() {
    let answers = answers(&[
        r#"{"src":"client","dest":"lb","body":{"type":"init","msg_id":1,"backends":["b1","b2","b3"],"algorithm":"consistent-hash"}}"#,
        r#"{"src":"client","dest":"lb","body":{"type":"test_remap","msg_id":2,"new_backend":"b4","clients":["c1","c2","c3","c4","c5","c6","c7","c8","c9","c10"]}}"#,
    ]);
    let remap = body(&answers[1]);
    assert!(
        (1..=3).contains(&remap["remapped"].as_u64().unwrap()),
        "{remap}"
    );
    assert_eq!(
        (remap["total"].as_u64(), remap["ideal_remap"].as_f64()),
        (Some(10), Some(0.25))
    );
    let moved = remap["moved"].as_array().unwrap();
    assert_eq!(moved.len() as u64, remap["remapped"]);
    assert!(
        moved
            .iter()
            .all(|client| client["to"] == "b4" && client["from"] != "b4")
    );
}

#[test]
fn what_if_says_what_then_happens_and_changes_nothing() {
    let clients: Vec<String> = (0..50).map(|number| format!("c{number}")).collect();
    let request = |client: &String| format!(r#"{{"type":"http_request","client_id":"{client}"}}"#);
    let requests: Vec<String> = clients.iter().map(request).collect();
    let list = serde_json::to_string(&clients).unwrap();
    let what_if = format!(
        r#"{{"type":"test_remap","clients":{list},"removed_backends":["b2"],"new_backends":["x",{{"name":"y","weight":2}}]}}"#
    );
    let mut lines = vec![r#"{"type":"init","backends":["b1","b2","b3"]}"#.to_owned()];
    lines.extend(requests.iter().cloned());
    lines.push(what_if);
    lines.extend(requests.iter().cloned());
    lines.push(r#"{"type":"remove_backend","backend":"b2"}"#.into());
    lines.push(r#"{"type":"add_backend","backend":"x"}"#.into());
    lines.push(r#"{"type":"add_backend","backend":"y","weight":2}"#.into());
    lines.extend(requests);
    let answers = answers(&lines.iter().map(String::as_str).collect::<Vec<_>>());
    let (before, again, after) = (&answers[1..51], &answers[52..102], &answers[105..155]);
    assert_eq!(before, again);
    let moved = body(&answers[51])["moved"].as_array().unwrap().clone();
    let expected =
        clients
            .iter()
            .zip(before.iter().zip(after))
            .filter_map(|(client, (from, to))| {
                let (from, to) = (body(from)["backend"].clone(), body(to)["backend"].clone());
                (from != to).then(|| serde_json::json!({"client": client, "from": from, "to": to}))
            });
    assert_eq!(moved, expected.collect::<Vec<_>>());
}

#[test]
fn both_shapes_are_answered_in_kind() {
    converse(&[
        (INIT, INIT_OK),
        (
            r#"{"type":"init","msg_id":18446744073709551615,"backends":["a"]}"#,
            r#"{"type": "init_ok", "in_reply_to": 18446744073709551615}"#,
        ),
        (
            r#"{"type":"init","backends":["a"]}"#,
            r#"{"type": "init_ok"}"#,
        ),
        (
            r#"{"dest":"lb","body":{"type":"init","backends":["a"]},"id":7}"#,
            r#"{"src": "lb", "body": {"type": "init_ok"}}"#,
        ),
        // With a type of its own a line is bare, whatever else it carries.
        (
            r#"{"type":"init","backends":["a"],"src":5,"body":{"type":9}}"#,
            r#"{"type": "init_ok"}"#,
        ),
        (
            r#"{"src":"\u0061\"","dest":"ä\n","body":{"type":"init","backends":["a\u00e9\\"]}}"#,
            r#"{"src": "ä\n", "dest": "a\"", "body": {"type": "init_ok"}}"#,
        ),
        (
            r#"{"type":"http_request","algorithm":"hrw","session_id":"\u0061"}"#,
            r#"{"type": "http_response", "backend": "aé\\"}"#,
        ),
    ]);
}

#[test]
fn requests_may_bring_their_own_backends_and_counts() {
    converse(&[
        (
            r#"{"src":"client","dest":"lb","body":{"type":"http_request","msg_id":1,"method":"GET","path":"/api/data","active_connections":{"api-1":3,"api-2":3,"api-3":3}}}"#,
            r#"{"src": "lb", "dest": "client", "body": {"type": "http_response", "in_reply_to": 1, "backend": "api-1"}}"#,
        ),
        (
            r#"{"type":"http_request","active_connections":{"z":3,"a":2,"b":2}}"#,
            r#"{"type": "http_response", "backend": "a"}"#,
        ),
        (
            r#"{"type":"http_request","active_connections":{}}"#,
            r#"{"type": "error", "code": 22, "text": "no eligible backend is left"}"#,
        ),
        (
            r#"{"type":"http_request","msg_id":3}"#,
            r#"{"type": "error", "in_reply_to": 3, "code": 22, "text": "no `init` has named the backends yet"}"#,
        ),
        (
            r#"{"type":"init","backends":["a","b"],"algorithm":"least-connections"}"#,
            r#"{"type": "init_ok"}"#,
        ),
        // A missing name counts nothing, and nothing stays in flight.
        (
            r#"{"type":"http_request","msg_id":4,"active_connections":{"a":1}}"#,
            r#"{"type": "http_response", "in_reply_to": 4, "backend": "b"}"#,
        ),
        (
            r#"{"type":"http_request","msg_id":4}"#,
            r#"{"type": "http_response", "in_reply_to": 4, "backend": "a", "active_connections": {"a": 1, "b": 0}}"#,
        ),
    ]);
}

#[test]
fn turns_keep_their_proportions() {
    let of = |weights: [u32; 3], count: u32| {
        let [a, b, c] = weights;
        let init = format!(
            r#"{{"type":"init","algorithm":"weighted-round-robin","backends":[{{"name":"a","weight":{a}}},{{"name":"b","weight":{b}}},{{"name":"c","weight":{c}}}]}}"#
        );
        let send = format!(r#"{{"type":"send_requests","count":{count}}}"#);
        answers(&[&init, &send, &send])
    };
    let expected = r#"{"type": "send_requests_ok", "distribution": {"a": 4, "b": 4, "c": 2}}"#;
    assert_eq!(of([4, 4, 2], 10)[1..], [expected, expected]);
    let expected = r#"{"type": "send_requests_ok", "distribution": {"a": 10, "b": 3, "c": 1}}"#;
    assert_eq!(of([10, 3, 1], 14)[1..], [expected, expected]);
}

#[test]
fn least_connections_counts_until_a_request_is_complete() {
    converse(&[
        (
            r#"{"type":"init","algorithm":"least-connections","backends":["b",{"name":"a","connections":1}]}"#,
            r#"{"type": "init_ok"}"#,
        ),
        (
            r#"{"type":"http_request","msg_id":1}"#,
            r#"{"type": "http_response", "in_reply_to": 1, "backend": "b", "active_connections": {"b": 1, "a": 1}}"#,
        ),
        (
            r#"{"type":"http_request","msg_id":2}"#,
            r#"{"type": "http_response", "in_reply_to": 2, "backend": "b", "active_connections": {"b": 2, "a": 1}}"#,
        ),
        (
            r#"{"type":"http_request","msg_id":2}"#,
            r#"{"type": "error", "in_reply_to": 2, "code": 21, "text": "the request 2 is still open"}"#,
        ),
        (
            r#"{"type":"send_requests","count":5}"#,
            r#"{"type": "send_requests_ok", "distribution": {"b": 2, "a": 3}}"#,
        ),
        (
            r#"{"type":"http_request"}"#,
            r#"{"type": "http_response", "backend": "a", "active_connections": {"b": 2, "a": 2}}"#,
        ),
        (
            r#"{"type":"request_complete","backend":"b"}"#,
            r#"{"type": "request_complete_ok"}"#,
        ),
        (
            r#"{"type":"request_complete","request":1}"#,
            r#"{"type": "error", "code": 20, "text": "there is no open request 1"}"#,
        ),
        (
            r#"{"type":"request_complete","request":2}"#,
            r#"{"type": "request_complete_ok"}"#,
        ),
        (
            r#"{"type":"request_complete","backend":"a"}"#,
            r#"{"type": "request_complete_ok"}"#,
        ),
        (
            r#"{"type":"request_complete","backend":"a"}"#,
            r#"{"type": "error", "code": 20, "text": "there is no open request on a backend `a`"}"#,
        ),
        (
            r#"{"type":"http_request","msg_id":2}"#,
            r#"{"type": "http_response", "in_reply_to": 2, "backend": "b", "active_connections": {"b": 1, "a": 1}}"#,
        ),
        (
            r#"{"type":"remove_backend","backend":"b"}"#,
            r#"{"type": "remove_backend_ok"}"#,
        ),
        (
            r#"{"type":"request_complete","request":2}"#,
            r#"{"type": "request_complete_ok"}"#,
        ),
    ]);
}

#[test]
fn an_algorithm_of_single_requests_goes_on_with_its_turns_and_counts() {
    let turn = r#"{"type":"http_request","algorithm":"round-robin"}"#;
    let least = r#"{"type":"http_request","algorithm":"least-connections","client_id":"x"}"#;
    converse(&[
        (
            r#"{"type":"init","backends":["a","b","c"]}"#,
            r#"{"type": "init_ok"}"#,
        ),
        (turn, r#"{"type": "http_response", "backend": "a"}"#),
        (
            least,
            r#"{"type": "http_response", "backend": "a", "active_connections": {"a": 1, "b": 0, "c": 0}}"#,
        ),
        (turn, r#"{"type": "http_response", "backend": "b"}"#),
        (
            r#"{"type":"remove_backend","backend":"b"}"#,
            r#"{"type": "remove_backend_ok"}"#,
        ),
        (turn, r#"{"type": "http_response", "backend": "c"}"#),
        (
            least,
            r#"{"type": "http_response", "backend": "c", "active_connections": {"a": 1, "c": 1}}"#,
        ),
        (
            r#"{"type":"request_complete","backend":"a"}"#,
            r#"{"type": "request_complete_ok"}"#,
        ),
    ]);
}

#[test]
fn eligibility_weights_owners_and_retries() {
    let answers = answers(&[
        r#"{"type":"init","backends":["a","b",{"name":"c","drain":true}]}"#,
        r#"{"type":"http_request","client_id":"k","owners":9}"#,
        r#"{"type":"set_eligible","backend":"c","eligible":true}"#,
        r#"{"type":"http_request","client_id":"k","owners":9,"explain":true}"#,
        r#"{"type":"http_request","client_id":"k","owners":1,"exclude":["a"]}"#,
        r#"{"type":"set_eligible","backend":"a","eligible":false}"#,
        r#"{"type":"set_eligible","backend":"b","eligible":false}"#,
        r#"{"type":"http_request","client_id":"k"}"#,
        r#"{"type":"set_eligible","backend":"c","eligible":false}"#,
        r#"{"type":"http_request","client_id":"k"}"#,
        r#"{"type":"set_weight","backend":"c","weight":5}"#,
        r#"{"type":"set_eligible","backend":"a","eligible":true}"#,
        r#"{"type":"http_request","client_id":"k"}"#,
    ]);
    let owners = |answer: usize| body(&answers[answer])["owners"].as_array().unwrap().len();
    assert_eq!((owners(1), owners(3), owners(4)), (2, 3, 1));
    assert_eq!(body(&answers[3])["owners"][0], body(&answers[3])["backend"]);
    let point = body(&answers[3])["hash_ring_point"].as_u64().unwrap();
    assert_eq!(body(&answers[3])["hash_ring_position"], (point * 360) >> 32);
    assert_ne!(body(&answers[4])["backend"], "a");
    assert_eq!(body(&answers[7])["backend"], "c");
    assert_eq!(body(&answers[9])["code"], 22);
    assert_eq!(body(&answers[12])["backend"], "a");
}

#[test]
fn every_refusal_has_its_code_and_says_what_is_wrong() {
    let cases = [
        (r#"{"type":"nope"}"#, 10, "unknown type `nope`"),
        (
            r#"{"type":"init","backends":["a"],"algorithm":"kettama"}"#,
            10,
            "did you mean `ketama`",
        ),
        (
            r#"{"type":"http_request","algorithm":"x","client_id":"k"}"#,
            10,
            "unknown algorithm `x`",
        ),
        (
            r#"{"type":"http_request","algorithm":"round-robin","owners":2}"#,
            10,
            "no key",
        ),
        (
            r#"{"type":"test_remap","algorithm":"least-connections","clients":["a"],"new_backend":"x"}"#,
            10,
            "no key",
        ),
        ("nonsense", 12, "not a JSON object"),
        ("[]", 12, "not a JSON object"),
        ("{}", 12, "missing field `type`"),
        (r#"{"type":7}"#, 12, "type: "),
        (
            r#"{"src":"a","dest":"b","body":"x"}"#,
            12,
            "body: expected an object",
        ),
        (
            r#"{"src":7,"dest":"b","body":{"type":"init"}}"#,
            12,
            "src: expected a text",
        ),
        (
            r#"{"type":"http_request","msg_id":-1,"client_id":"k"}"#,
            12,
            "msg_id: ",
        ),
        (
            r#"{"type":"http_request","client_id":"k","client_id":"l"}"#,
            12,
            "duplicate field `client_id`",
        ),
        (
            r#"{"type":"http_request"}"#,
            12,
            "expected `client_id` or `session_id`",
        ),
        (
            r#"{"type":"http_request","client_id":"k","owners":0}"#,
            12,
            "owners",
        ),
        (
            r#"{"type":"http_request","client_id":"k","exclude":"a"}"#,
            12,
            "exclude: ",
        ),
        (
            r#"{"type":"http_request","client_id":"k","active_connections":{"a":-1}}"#,
            12,
            "active_connections: invalid value: integer `-1`",
        ),
        (
            r#"{"type":"http_request","client_id":"k","active_connections":{"a":1,"a":1}}"#,
            12,
            "counted twice",
        ),
        (r#"{"type":"init"}"#, 12, "missing field `backends`"),
        (r#"{"type":"init","backends":[]}"#, 12, "no backends"),
        (r#"{"type":"init","backends":["a","a"]}"#, 12, "given twice"),
        (r#"{"type":"init","backends":[""]}"#, 12, "empty name"),
        (
            r#"{"type":"init","backends":["a\u0000"]}"#,
            12,
            "control character",
        ),
        (
            r#"{"type":"init","backends":[{"name":"a","weight":0}]}"#,
            12,
            "weight 0",
        ),
        (
            r#"{"type":"init","backends":[{"name":"a","wait":1}]}"#,
            12,
            "unknown field `wait`",
        ),
        (
            r#"{"type":"init","backends":["a"],"options":{"maglev":{"table_size":4}}}"#,
            12,
            "not a prime",
        ),
        (
            r#"{"type":"init","backends":["a","b","c"],"algorithm":"maglev","options":{"maglev":{"table_size":2}}}"#,
            12,
            "fewer slots",
        ),
        (
            r#"{"type":"set_weight","backend":"a"}"#,
            12,
            "missing field `weight`",
        ),
        (
            r#"{"type":"set_weight","backend":"a","weight":1000000}"#,
            12,
            "points",
        ),
        (
            r#"{"type":"send_requests","algorithm":"round-robin","count":10000001}"#,
            12,
            "more than 10000000",
        ),
        (r#"{"type":"send_requests","count":1}"#, 12, "picks by key"),
        (
            r#"{"type":"test_remap","clients":["a"]}"#,
            12,
            "new_backend",
        ),
        (
            r#"{"type":"test_remap","new_backend":"x"}"#,
            12,
            "missing field `clients`",
        ),
        (
            r#"{"type":"request_complete"}"#,
            12,
            "`request` or `backend`",
        ),
        (
            r#"{"type":"http_request","client_id":"k","exclude":["z"]}"#,
            20,
            "no backend `z`",
        ),
        (
            r#"{"type":"http_request","client_id":"k","active_connections":{"z":1}}"#,
            20,
            "no backend `z`",
        ),
        (
            r#"{"type":"remove_backend","backend":"z"}"#,
            20,
            "no backend `z`",
        ),
        (
            r#"{"type":"set_eligible","backend":"z","eligible":true}"#,
            20,
            "no backend `z`",
        ),
        (
            r#"{"type":"test_remap","clients":["a"],"removed_backends":["z"]}"#,
            20,
            "no backend `z`",
        ),
        (r#"{"type":"add_backend","backend":"a"}"#, 21, "already"),
        (
            r#"{"type":"test_remap","clients":["a"],"new_backend":"a"}"#,
            21,
            "already",
        ),
        (
            r#"{"type":"test_remap","clients":["a"],"removed_backends":["a","b"]}"#,
            22,
            "no eligible backend",
        ),
        (
            r#"{"type":"http_request","client_id":"k","exclude":["a","b"]}"#,
            22,
            "no eligible backend",
        ),
    ];
    let probe = r#"{"type":"http_request","client_id":"probe","owners":5}"#;
    for (line, code, text) in cases {
        let answers = answers(&[
            r#"{"type":"init","backends":["a","b"]}"#,
            probe,
            line,
            probe,
        ]);
        let answer = body(&answers[2]);
        assert_eq!(answer["type"], "error", "{line}");
        assert_eq!(answer["code"], code, "{line}: {answer}");
        assert!(
            answer["text"].as_str().unwrap().contains(text),
            "{line}: {answer}"
        );
        assert_eq!(answers[1], answers[3], "{line} changed something");
    }
}

#[test]
fn what_a_type_does_not_read_is_ignored() {
    let line = r#"{"type":"http_request","client_id":"k","count":"x","backends":7,"request":{"a":1},"weight":-3,"more":null}"#;
    let answers = answers(&[r#"{"type":"init","backends":["a"]}"#, line]);
    assert_eq!(body(&answers[1])["backend"], "a");
}

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
            serve(input.as_bytes(), &mut output, None, limits).unwrap();
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

#[test]
fn a_config_stands_where_init_is_silent() {
    let config = Config::parse("algorithm: round-robin\nbackends: [x, y]\n").unwrap();
    let input = concat!(
        r#"{"type":"http_request"}"#,
        "\n",
        r#"{"type":"init","backends":["z"]}"#,
        "\n",
        r#"{"type":"http_request"}"#,
        "\n"
    );
    let mut output = Vec::new();
    serve(
        input.as_bytes(),
        &mut output,
        Some(config),
        Limits::default(),
    )
    .unwrap();
    let output = String::from_utf8(output).unwrap();
    let backends: Vec<_> = output
        .lines()
        .map(|line| body(line)["backend"].clone())
        .collect();
    assert_eq!(backends, ["x".into(), serde_json::Value::Null, "z".into()]);
}

#[test]
fn who_waits_is_answered_at_once() {
    let mut serve = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .arg("serve")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = serve.stdin.take().unwrap();
    let mut output = BufReader::new(serve.stdout.take().unwrap());
    for _ in 0..3 {
        // Half a line behind a whole one must not keep the answer back.
        input
            .write_all(format!("{INIT}\n{}", &ALICE[..20]).as_bytes())
            .unwrap();
        let mut answer = String::new();
        output.read_line(&mut answer).unwrap();
        assert_eq!(answer.trim_end(), INIT_OK);
        input
            .write_all(format!("{}\n", &ALICE[20..]).as_bytes())
            .unwrap();
        answer.clear();
        output.read_line(&mut answer).unwrap();
        assert!(answer.contains("http_response"), "{answer}");
    }
    drop(input);
    assert!(serve.wait().unwrap().success());
}

proptest! {
    /// Whatever comes, every line that is not blank is answered by a line.
    #[test]
    fn no_line_is_left_without_an_answer(
        mutations in prop::collection::vec((0..200usize, any::<u8>(), 0..4u8), 0..6),
        noise in prop::collection::vec(any::<u8>(), 0..80),
        which in 0..4usize,
    ) {
        let mut line = [INIT, ALICE, r#"{"type":"send_requests","algorithm":"round-robin","count":9}"#, ""][which].as_bytes().to_vec();
        for (at, byte, kind) in mutations {
            let at = at.min(line.len());
            match kind {
                0 => line.insert(at, byte),
                1 if at < line.len() => line[at] = byte,
                2 if at < line.len() => { line.remove(at); }
                _ => line.truncate(at.max(1)),
            }
        }
        for line in [line, noise] {
            let input = [INIT.as_bytes(), b"\n", &line, b"\n", ALICE.as_bytes()].concat();
            let expected = input.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
            let answers = answers_to(&input);
            prop_assert_eq!(answers.len(), expected.count());
            prop_assert!(body(answers.last().unwrap())["type"] == "http_response");
        }
    }
}
