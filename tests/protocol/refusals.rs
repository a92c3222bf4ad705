//! What is refused, and with which words.

use super::*;

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
            "have no owners",
        ),
        (
            r#"{"type":"test_remap","algorithm":"least-connections","clients":["a"],"new_backend":"x"}"#,
            10,
            "have no owners",
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
            r#"{"src":"a","src":"c","dest":"b","body":{"type":"init"}}"#,
            12,
            "duplicate field `src`",
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
        (r#"{"type":"init","backends":["a","a"]}"#, 12, "used twice"),
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
            "table_size 2 is less than",
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
            r#"{"type":"set_healthy","backend":"z","healthy":true}"#,
            20,
            "no backend `z`",
        ),
        (
            r#"{"type":"set_healthy","backend":"a","eligible":true}"#,
            12,
            "missing field `healthy`",
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

/// A refused request neither takes a turn nor leaves a strategy behind that goes on from its time.
#[test]
fn a_refused_request_leaves_nothing_behind() {
    let turn = r#"{"type":"http_request","msg_id":3,"algorithm":"round-robin"}"#;
    let init = r#"{"type":"init","backends":["a","b"]}"#;
    let reweight = r#"{"type":"set_weight","backend":"b","weight":3}"#;
    for refused in [
        r#"{"type":"http_request","algorithm":"round-robin","active_connections":{"z":1}}"#,
        r#"{"type":"http_request","algorithm":"round-robin","exclude":["a","b"]}"#,
        r#"{"type":"test_remap","algorithm":"round-robin","clients":["c"],"new_backend":"d"}"#,
        r#"{"type":"send_requests","algorithm":"round-robin","count":99999999999}"#,
    ] {
        let with = answers(&[init, refused, reweight, turn]);
        let without = answers(&[init, reweight, turn]);
        assert!(with[1].contains("error"), "{refused}");
        assert_eq!(with[3], without[2], "{refused}");
        let [with, without] = [&[init, turn, refused, turn][..], &[init, turn, turn]].map(answers);
        assert_eq!(with.last(), without.last(), "{refused}");
    }
}
