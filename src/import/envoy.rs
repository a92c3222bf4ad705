//! Envoy: a cluster.

use evenkeel_algorithms::Family;
use evenkeel_config::Fault;
use serde_json::Value;

use super::draft::{Draft, choose};
use super::tree::{Document, Node, is_same_field};
use crate::exchange::Verdicts;

mod endpoints;
mod hashing;
mod policy;

use hashing::Hashing;

/// The fields of a cluster that are read.
const READ: &[&str] = &[
    "cluster_type",
    "common_lb_config",
    "lb_policy",
    "lb_subset_config",
    "least_request_lb_config",
    "load_assignment",
    "load_balancing_policy",
    "maglev_lb_config",
    "name",
    "ring_hash_lb_config",
    "type",
];

/// Reads a cluster.
pub(super) fn read(
    document: &Document<'_>,
    name: Option<&str>,
    verdicts: &mut Verdicts,
) -> Result<Option<Draft>, Fault> {
    let root = document.root();
    let cluster = choose("cluster", clusters(&root), name)?;
    discovery(&cluster, verdicts);
    let mut hashing = Hashing::default();
    let mut draft = policy::read(&cluster, &mut hashing, verdicts);
    common(&cluster, draft.algorithm.family, &mut hashing, verdicts);
    hashing.finish(&mut draft);
    draft.key = key(&root, name_of(&cluster), verdicts);
    endpoints::read(&cluster, &mut draft, verdicts);
    let is_read = |name: &str| READ.iter().any(|known| is_same_field(known, name));
    let rest = cluster.fields().map(|(name, _)| name);
    let rest: Vec<_> = rest.filter(|name| !is_read(name)).collect();
    if !rest.is_empty() {
        verdicts.exact(
            "other settings",
            format!(
                "not carried over, no effect on the choice of a host: {}",
                rest.join(", ")
            ),
        );
    }
    Ok(Some(draft))
}

/// Returns the clusters of a bootstrap, of a list of clusters, or the document as one, with their names.
fn clusters<'a>(root: &Node<'a>) -> Vec<(&'a str, Node<'a>)> {
    let lists = [
        root.at(&["static_resources", "clusters"]),
        root.get("clusters"),
        // Resources that Envoy gets from a server or from a separate file.
        root.get("resources"),
    ];
    let mut nodes: Vec<_> = lists.iter().flatten().flat_map(Node::items).collect();
    if root.get("load_assignment").is_some() {
        nodes.push(root.clone());
    }
    nodes
        .into_iter()
        .map(|node| (name_of(&node), node))
        .collect()
}

fn name_of<'a>(cluster: &Node<'a>) -> &'a str {
    let name = cluster.get("name").and_then(|name| name.text());
    name.unwrap_or_default()
}

/// The discovery types, in the order of their numbers.
const DISCOVERIES: &[&str] = &["STATIC", "STRICT_DNS", "LOGICAL_DNS", "EDS", "ORIGINAL_DST"];

/// Checks how the hosts of a cluster are discovered.
fn discovery(cluster: &Node<'_>, verdicts: &mut Verdicts) {
    if let Some(custom) = cluster.get("cluster_type") {
        let reason = "hosts that an extension discovers are not in the file";
        verdicts.at(&custom).impossible("cluster_type", reason);
    }
    let Some(kind) = cluster.get("type") else {
        return;
    };
    match kind.word(DISCOVERIES).unwrap_or_default() {
        "STATIC" => verdicts.at(&kind).exact("type", "STATIC"),
        "STRICT_DNS" => {
            let reason = "Envoy makes several hosts of a name with several addresses";
            verdicts.at(&kind).approximate("type", reason);
        }
        "LOGICAL_DNS" => {
            let reason = "Envoy makes one host of the name, whatever its address";
            verdicts.at(&kind).approximate("type", reason);
        }
        other => {
            let reason =
                format!("{other}: the hosts are not in the file; expected STATIC or STRICT_DNS");
            verdicts.at(&kind).impossible("type", reason);
        }
    }
}

/// Reads the settings of a cluster that apply to all policies.
fn common(cluster: &Node<'_>, family: Family, hashing: &mut Hashing, verdicts: &mut Verdicts) {
    if let Some(subsets) = cluster.get("lb_subset_config") {
        let reason = "requests may be restricted to a subset; import the hosts of one subset";
        verdicts.at(&subsets).impossible("lb_subset_config", reason);
    }
    let Some(common) = cluster.get("common_lb_config") else {
        return;
    };
    let hashes = family.is_by_key();
    if let Some(locality) = common.get("locality_weighted_lb_config") {
        let reason =
            "the hosts of each locality share its weight; evenkeel does not support localities";
        let verdicts = verdicts.at(&locality);
        verdicts.impossible("locality_weighted_lb_config", reason);
    }
    if let Some(consistent) = common
        .get("consistent_hashing_lb_config")
        .filter(|_| hashes)
    {
        hashing.consistent(&consistent, verdicts);
    }
    let threshold = common.at(&["healthy_panic_threshold", "value"]);
    if let Some(threshold) = threshold.filter(|_| hashes) {
        let percent = threshold.value().as_f64().unwrap_or(-1.);
        verdicts
            .at(&threshold)
            .exact("healthy_panic_threshold", format!("{percent} %"));
        hashing.set("healthy_panic_threshold", rounded(percent));
    } else if common.get("healthy_panic_threshold").is_some() && hashes {
        hashing.set("healthy_panic_threshold", 0);
    }
}

/// Returns a fraction in whole percent, rounded as in Envoy; an invalid value is kept, to be rejected later.
fn rounded(percent: f64) -> Value {
    if (0. ..=100.).contains(&percent) {
        Value::from(percent.round() as u64)
    } else {
        Value::from(percent)
    }
}

/// Adds a verdict on the hash policies of the routes to a cluster; returns the policy, if there is only one.
fn key(root: &Node<'_>, cluster: &str, verdicts: &mut Verdicts) -> Option<String> {
    let mut found = Vec::new();
    policies_of(root.value(), cluster, &mut found);
    found.dedup();
    match &found[..] {
        [] => None,
        [policy] => {
            verdicts.exact("hash_policy", format!("the key is {policy}"));
            Some(policy.clone())
        }
        several => {
            let reason = format!("routes hash differently: {}", several.join(", "));
            verdicts.exact("hash_policy", reason);
            None
        }
    }
}

/// Collects the hash policies of routes to a cluster, as JSON.
fn policies_of(value: &Value, cluster: &str, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => items
            .iter()
            .for_each(|item| policies_of(item, cluster, found)),
        Value::Object(fields) => {
            let policy = fields
                .get("hash_policy")
                .or_else(|| fields.get("hashPolicy"));
            let leads_here = fields.get("cluster").and_then(Value::as_str) == Some(cluster);
            found.extend(policy.filter(|_| leads_here).map(shown));
            fields
                .values()
                .for_each(|value| policies_of(value, cluster, found));
        }
        _ => {}
    }
}

/// Returns a hash policy as one line: a list of one without its brackets, with unquoted field names.
fn shown(policy: &Value) -> String {
    let one = policy
        .as_array()
        .filter(|list| list.len() == 1)
        .map(|list| &list[0]);
    let Some(Value::Object(fields)) = one else {
        return policy.to_string();
    };
    let value = |value: &Value| match value {
        Value::Object(inner) => {
            let inner = inner.iter().map(|(name, value)| format!("{name}: {value}"));
            format!("{{ {} }}", inner.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    };
    let fields = fields
        .iter()
        .map(|(name, inner)| format!("{name}: {}", value(inner)));
    fields.collect::<Vec<_>>().join(", ")
}
