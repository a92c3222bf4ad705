//! `test_remap`: what a change would move.

use super::*;

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
