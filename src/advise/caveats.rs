//! What to know before the advice is used.

use super::decision::Ranked;
use super::needs::Needs;
use crate::text::{named, percent};

/// What to know before the advice is used.
pub(super) fn of(needs: &Needs, is_traced: bool, evidence: &[Ranked]) -> Vec<String> {
    let overload = (!is_traced && needs.load.0 >= 1.).then(|| {
        "backends cannot keep up with this offered load: latencies depend on how many requests are simulated"
            .to_owned()
    });
    let first = needs.fleet.first().filter(|_| needs.fleet.len() > 1);
    let fleet = first.map(|first| {
        format!("only strategies of {first} are measured, not those of the other programs")
    });
    let overload = overload.or_else(|| overloaded(evidence));
    let caveats = [overload, fleet, hits(evidence), losses(evidence)];
    caveats.into_iter().flatten().collect()
}

/// Returns which strategies offer a backend more than it can serve, the recommended one first if it does.
fn overloaded(evidence: &[Ranked]) -> Option<String> {
    const NAMED: usize = 3;
    let over = evidence.iter().filter(|ranked| ranked.trial.is_overloaded);
    let each = over.map(|Ranked { trial, .. }| {
        let offered = percent(trial.max_offered_load);
        format!("{} ({offered})", trial.candidate)
    });
    let each: Vec<_> = each.collect();
    (!each.is_empty()).then(|| {
        let each = named(&each, NAMED);
        format!(
            "a backend is offered more than it can serve with {each}: these latencies depend on how many requests are \
             simulated"
        )
    })
}

/// Returns which strategy has a much higher hit ratio than the recommended one.
fn hits(evidence: &[Ranked]) -> Option<String> {
    const MUCH: f64 = 0.05;
    let hits = |ranked: &Ranked| ranked.trial.hit_ratio;
    let own = hits(evidence.first()?)?;
    let all = evidence
        .iter()
        .filter_map(|ranked| Some((hits(ranked)?, ranked)));
    let (most, ranked) = all.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (most > own + MUCH).then(|| {
        format!(
            "more cache hits with {}: {} instead of {}; use `goal: misses` to optimize for hits",
            ranked.trial.candidate,
            percent(most),
            percent(own)
        )
    })
}

/// Returns which strategy loses much fewer requests than the recommended one.
fn losses(evidence: &[Ranked]) -> Option<String> {
    const MUCH: f64 = 0.001;
    let own = evidence.first()?.trial.failed;
    let least = evidence
        .iter()
        .min_by(|a, b| a.trial.failed.total_cmp(&b.trial.failed))?;
    (own > least.trial.failed + MUCH).then(|| {
        format!(
            "fewer lost requests with {}: {} instead of {}; losses are not part of any goal, and a backend that fails at \
             once looks idle",
            least.trial.candidate,
            percent(least.trial.failed),
            percent(own)
        )
    })
}
