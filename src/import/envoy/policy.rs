//! The balancing policy of a cluster.

use evenkeel_algorithms::Card;
use evenkeel_algorithms::dialect::envoy_hash;
use evenkeel_algorithms::strategy::{least_connections, power_of_two_choices, random, round_robin};

use super::super::draft::Draft;
use super::super::tree::Node;
use super::hashing::Hashing;
use crate::exchange::{Place, Verdicts};

/// The policies in the order of their numbers.
const POLICIES: &[&str] = &[
    "ROUND_ROBIN",
    "LEAST_REQUEST",
    "RING_HASH",
    "RANDOM",
    "",
    "MAGLEV",
    "CLUSTER_PROVIDED",
    "LOAD_BALANCING_POLICY_CONFIG",
];

/// Returns the algorithm; ring or table settings of the policy are left to `hashing`.
pub(super) fn read(cluster: &Node<'_>, hashing: &mut Hashing, verdicts: &mut Verdicts) -> Draft {
    if let Some(policy) = cluster.get("load_balancing_policy") {
        return typed(&policy, hashing, verdicts);
    }
    let line = cluster.get("lb_policy").unwrap_or_else(|| cluster.clone());
    let named = cluster.get("lb_policy");
    let named = named.map_or(Some("ROUND_ROBIN"), |policy| policy.word(POLICIES));
    let (kind, config) = match named.unwrap_or_default() {
        "RING_HASH" => ("RingHash", "ring_hash_lb_config"),
        "MAGLEV" => ("Maglev", "maglev_lb_config"),
        "LEAST_REQUEST" => ("LeastRequest", "least_request_lb_config"),
        "ROUND_ROBIN" => ("RoundRobin", "round_robin_lb_config"),
        "RANDOM" => ("Random", "random_lb_config"),
        other => (other, ""),
    };
    let config = cluster.get(config);
    of_kind(kind, config.as_ref(), &line, hashing, verdicts)
}

/// Returns the first policy of a list. Envoy uses the first that it knows.
fn typed(policy: &Node<'_>, hashing: &mut Hashing, verdicts: &mut Verdicts) -> Draft {
    let first = policy
        .get("policies")
        .and_then(|policies| policies.items().next());
    let config = first.and_then(|first| first.at(&["typed_extension_config", "typed_config"]));
    let Some(config) = config else {
        let reason = "it contains no policy with a typed_config";
        verdicts
            .at(&policy)
            .impossible("load_balancing_policy", reason);
        return Draft::new(&round_robin::CARD, policy.line());
    };
    let kind = config.get("@type").and_then(|kind| kind.text());
    let kind = kind.unwrap_or_default().rsplit('.').next();
    let kind = kind.unwrap_or_default();
    of_kind(kind, Some(&config), &config, hashing, verdicts)
}

fn of_kind(
    kind: &str,
    config: Option<&Node<'_>>,
    place: &Node<'_>,
    hashing: &mut Hashing,
    verdicts: &mut Verdicts,
) -> Draft {
    let line = place.line();
    let (algorithm, fields): (&'static Card, &[_]) = match kind {
        "RingHash" => (
            &envoy_hash::RING,
            &["minimum_ring_size", "maximum_ring_size", "hash_function"],
        ),
        "Maglev" => (&envoy_hash::MAGLEV, &["table_size"]),
        "RoundRobin" => return drawn(&round_robin::CARD, kind, line, verdicts),
        "Random" => return drawn(&random::CARD, kind, line, verdicts),
        "LeastRequest" => return least_request(config, line, verdicts),
        _ => {
            let reason =
                format!("`{kind}`: expected RingHash, Maglev, RoundRobin, LeastRequest or Random");
            verdicts
                .at(&line)
                .impossible("load_balancing_policy", reason);
            return Draft::new(&round_robin::CARD, line);
        }
    };
    verdicts.at(&line).exact("load_balancing_policy", kind);
    let draft = Draft::new(algorithm, line);
    let Some(config) = config else { return draft };
    for &field in fields {
        hashing.read(config, field, verdicts);
    }
    // The field's place before it had its own message.
    hashing.consistent(config, verdicts);
    if let Some(consistent) = config.get("consistent_hashing_lb_config") {
        hashing.consistent(&consistent, verdicts);
    }
    if let Some(locality) = config.get("locality_weighted_lb_config") {
        let reason =
            "the hosts of each locality share its weight; evenkeel does not support localities";
        let verdicts = verdicts.at(&locality);
        verdicts.impossible("locality_weighted_lb_config", reason);
    }
    draft
}

/// Returns a policy that starts at a random place or draws, so its picks are unpredictable.
fn drawn(algorithm: &'static Card, kind: &str, line: usize, verdicts: &mut Verdicts) -> Draft {
    let reason = format!("{kind}: Envoy's own random choices are not predictable");
    verdicts
        .at(&line)
        .approximate("load_balancing_policy", reason);
    Draft::new(algorithm, line)
}

fn least_request(config: Option<&Node<'_>>, line: usize, verdicts: &mut Verdicts) -> Draft {
    let field = |name: &str| config.and_then(|config| config.get(name));
    if let Some(bias) = field("active_request_bias") {
        let reason = "ignored: evenkeel does not divide weights by requests in flight";
        verdicts
            .at(&bias)
            .approximate("active_request_bias", reason);
    }
    let scan = field("selection_method");
    if scan.is_some_and(|method| method.word(&["N_CHOICES", "FULL_SCAN"]) == Some("FULL_SCAN")) {
        return drawn(&least_connections::CARD, "LeastRequest", line, verdicts);
    }
    let mut draft = drawn(&power_of_two_choices::CARD, "LeastRequest", line, verdicts);
    if let Some(count) = field("choice_count") {
        verdicts
            .at(&count)
            .exact("choices", count.value().to_string());
        let choices = draft.read(count.plain());
        let options = power_of_two_choices::Options { choices };
        draft.options.set(power_of_two_choices::SECTION, options);
    }
    draft
}
