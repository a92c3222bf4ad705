//! What programs can do wrong: each says what was asked, what was answered, and the last lines of standard error.

use evenkeel_algorithms::RouteError;

use super::support::{balancer, python, route};

/// Why a key is not routed by a program that does with it what it says.
fn failure(key: &str) -> Option<String> {
    let balancer = balancer(
        &python("tests/external/programs/wrong.py")?,
        &["a", "b", "c"],
    );
    let balancer = balancer.unwrap();
    route(&balancer, "client-1").unwrap();
    let error = match route(&balancer, key) {
        // An answer more shows with the next request.
        Ok(_) => route(&balancer, "client-2").unwrap_err(),
        Err(error) => error,
    };
    assert!(matches!(error, RouteError::Failed(_)), "{key}: {error:?}");
    // It stays failed.
    assert_eq!(route(&balancer, "client-1").unwrap_err(), error);
    Some(error.to_string())
}

#[test]
fn each_failure_says_what_went_wrong() {
    for (key, expected) in [
        ("die", "ended (exit status: 3) before it answered"),
        ("hang", "gave no answer within 5 s"),
        ("close", "closed its standard output before it answered"),
        ("lie", "picked `nobody`, which is not a backend of the pool"),
        ("swap", "answered request "),
        (
            "unnumbered",
            "answered request without an `in_reply_to`; expected the answer to ",
        ),
        ("silent", "answered without a backend"),
        ("type", "answered `hello`; expected `http_response`"),
        ("error", r#"refused: error 11, "no luck today""#),
        (
            "rubbish",
            "wrote a line that is not an answer: expected value at line 1 column 1",
        ),
        ("endless", "wrote a line of more than 1048576 bytes"),
    ] {
        let Some(said) = failure(key) else { return };
        assert!(said.contains(expected), "{key}: {said}");
        assert!(said.starts_with("external `external` (python3 "), "{said}");
        let request = format!(r#""type":"http_request","msg_id":3,"client_id":"{key}"}}"#);
        assert!(said.contains(&request), "{key}: {said}");
        assert!(
            said.contains("; standard error: about to do wrong"),
            "{key}: {said}"
        );
    }
}

#[test]
fn the_answer_and_the_last_words_are_shown() {
    let Some(said) = failure("lie") else { return };
    assert!(
        said.contains(
            r#"; answer: {"type": "http_response", "in_reply_to": 3, "backend": "nobody"}"#
        ),
        "{said}"
    );
    let said = failure("die").unwrap();
    assert!(
        said.ends_with("; standard error: about to do wrong | the last words"),
        "{said}"
    );
}

#[test]
fn an_answer_that_nothing_asked_for_is_refused() {
    let Some(said) = failure("twice") else { return };
    let is_told = said.contains("wrote a line without a request")
        || said.contains("answered request 3; expected the answer to 4");
    assert!(is_told, "{said}");
}

#[test]
fn no_eligible_backend_is_no_failure() {
    let Some(command) = python("tests/external/programs/wrong.py") else {
        return;
    };
    let balancer = balancer(&command, &["a", "b", "c"]).unwrap();
    assert_eq!(route(&balancer, "nobody"), Err(RouteError::NoBackend));
    route(&balancer, "client-1").unwrap();
}

#[test]
fn what_cannot_be_asked_is_said() {
    let Some(command) = python("tests/external/programs/wrong.py") else {
        return;
    };
    let balancer = balancer(&command, &["a", "b", "c"]).unwrap();
    let tried = route(&balancer, "client-1").unwrap();
    let again = balancer.retry(Some(b"client-1"), &[&tried]).unwrap_err();
    assert!(
        again.to_string().contains("does not support `exclude`"),
        "{again}"
    );
    let owners = balancer.owners(b"client-1", 2).unwrap_err();
    assert_eq!(owners, again);
    // It was asked well all the same, and can be asked on.
    route(&balancer, "client-1").unwrap();
    let error = balancer.route(Some(b"\xFF")).unwrap_err();
    assert!(error.to_string().contains("supports only UTF-8"), "{error}");
}

#[test]
fn a_program_that_cannot_be_asked_is_not_built() {
    for (command, expected) in [
        (
            "/nowhere/at/all",
            "cannot be started: No such file or directory",
        ),
        ("true", "ended (exit status: 0) before it answered"),
        (
            "sh -c 'echo oh dear >&2; exit 7'",
            "(exit status: 7) before it answered; request: {\"type\":\"init\"",
        ),
        (
            "sh tests/external/programs/refusing.sh",
            r#"refused: error 12, "no pools here"; request: {"type":"init","msg_id":2,"#,
        ),
        (
            "sh tests/external/programs/refusing.sh",
            r#"; answer: {"type": "error", "in_reply_to": 2, "code": 12, "text": "no pools here"}"#,
        ),
        ("sleep 1000", "gave no answer within 5 s"),
        ("yes", "wrote a line that "),
        ("cat /dev/zero", "wrote a line of more than 1048576 bytes"),
        (
            "cat",
            "answered request without an `in_reply_to`; expected the answer to 1",
        ),
    ] {
        let error = balancer(command, &["a", "b"]).unwrap_err().to_string();
        assert!(error.contains(expected), "{command}: {error}");
    }
}
