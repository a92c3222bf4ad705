//! The balancing policy of a cluster.

use evenkeel_algorithms::Card;
use evenkeel_algorithms::dialect::envoy_hash;
use evenkeel_algorithms::strategy::{least_connections, power_of_two_choices, random, round_robin};

use super::super::draft::Draft;
use super::super::tree::Node;
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

/// The algorithm with its options.
pub(super) fn read(cluster: &Node<'_>, verdicts: &mut Verdicts) -> Draft {
    if let Some(policy) = cluster.get("load_balancing_policy") {
        return typed(&policy, verdicts);
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
    of_kind(kind, cluster.get(config).as_ref(), &line, verdicts)
}

/// The first policy of a list. Envoy takes the first that it knows.
fn typed(policy: &Node<'_>, verdicts: &mut Verdicts) -> Draft {
    let first = policy
        .get("policies")
        .and_then(|policies| policies.items().next());
    let config = first.and_then(|first| first.at(&["typed_extension_config", "typed_config"]));
    let Some(config) = config else {
        let reason = "it names no policy with a typed_config";
        verdicts
            .at(&policy)
            .impossible("load_balancing_policy", reason);
        return Draft::new(&round_robin::CARD, policy.line());
    };
    let kind = config.get("@type").and_then(|kind| kind.text());
    let kind = kind.unwrap_or_default().rsplit('.').next();
    of_kind(kind.unwrap_or_default(), Some(&config), &config, verdicts)
}

fn of_kind(
    kind: &str,
    config: Option<&Node<'_>>,
    place: &Node<'_>,
    verdicts: &mut Verdicts,
) -> Draft {
    let line = place.line();
    let (algorithm, options): (&'static Card, &[_]) = match kind {
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
    let mut draft = Draft::new(algorithm, line);
    let Some(config) = config else { return draft };
    for &name in options {
        if let Some(value) = config.get(name) {
            option(name, &value, &mut draft, verdicts);
        }
    }
    // Where it stood before it had a message of its own.
    consistent(config, &mut draft, verdicts);
    if let Some(hashing) = config.get("consistent_hashing_lb_config") {
        consistent(&hashing, &mut draft, verdicts);
    }
    if let Some(locality) = config.get("locality_weighted_lb_config") {
        let reason = "the hosts of each locality share its weight; evenkeel has no localities";
        let verdicts = verdicts.at(&locality);
        verdicts.impossible("locality_weighted_lb_config", reason);
    }
    draft
}

fn option(name: &str, value: &Node<'_>, draft: &mut Draft, verdicts: &mut Verdicts) {
    match (value.text(), value.number()) {
        (Some("DEFAULT_HASH"), _) => draft.set(name, "XX_HASH"),
        (_, Some(number)) => draft.set(name, number),
        _ => draft.set(name, value.value().clone()),
    }
    verdicts.at(&value).exact(name, value.value().to_string());
}

/// What the ring and the table have in common.
pub(super) fn consistent(config: &Node<'_>, draft: &mut Draft, verdicts: &mut Verdicts) {
    if let Some(by_hostname) = config.get("use_hostname_for_hashing") {
        option("use_hostname_for_hashing", &by_hostname, draft, verdicts);
    }
    // 0 and 1 to 99 are what Envoy takes, too; 0 is what is not set.
    let factor = config.get("hash_balance_factor");
    if let Some(factor) = factor.filter(|factor| factor.number() != Some(0)) {
        option("hash_balance_factor", &factor, draft, verdicts);
    }
    if let Some(policy) = config.get("hash_policy") {
        let reason = "the balancer's own hash_policy replaces that of the routes";
        verdicts.at(&policy).approximate("hash_policy", reason);
    }
}

/// A policy that begins at a random place or draws: nobody can foretell it.
fn drawn(algorithm: &'static Card, kind: &str, line: usize, verdicts: &mut Verdicts) -> Draft {
    let reason = format!("{kind}: Envoy begins at a random place or draws by itself");
    verdicts
        .at(&line)
        .approximate("load_balancing_policy", reason);
    Draft::new(algorithm, line)
}

fn least_request(config: Option<&Node<'_>>, line: usize, verdicts: &mut Verdicts) -> Draft {
    let field = |name: &str| config.and_then(|config| config.get(name));
    if let Some(bias) = field("active_request_bias") {
        let reason = "left out: weights are not divided by what is in flight as it says";
        verdicts
            .at(&bias)
            .approximate("active_request_bias", reason);
    }
    let scan = field("selection_method");
    if scan.is_some_and(|method| method.word(&["N_CHOICES", "FULL_SCAN"]) == Some("FULL_SCAN")) {
        return drawn(&least_connections::CARD, "LeastRequest", line, verdicts);
    }
    let mut draft = drawn(&power_of_two_choices::CARD, "LeastRequest", line, verdicts);
    if let Some(choices) = field("choice_count") {
        option("choices", &choices, &mut draft, verdicts);
    }
    draft
}
