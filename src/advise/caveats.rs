//! What is to be known before the advice is believed.

use super::decision::Ranked;
use super::needs::Needs;
use crate::text::percent;

/// What is to be known before the advice is believed.
pub(super) fn of(needs: &Needs, is_traced: bool, evidence: &[Ranked]) -> Vec<String> {
    let overload = (!is_traced && needs.load.0 >= 1.).then(|| {
        "The backends cannot keep up with this load: how long requests take depends on how many there are."
            .to_owned()
    });
    let first = needs.fleet.first().filter(|_| needs.fleet.len() > 1);
    let fleet = first.map(|first| {
        format!("Only the ways of {first} are weighed; the other programs have their own.")
    });
    let caveats = [overload, fleet, hits(evidence), losses(evidence)];
    caveats.into_iter().flatten().collect()
}

/// Returns which has more hits than the recommended, where that matters.
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
            "Mind the caches: with {} {} of the requests hit, with the recommended {}; `goal: misses` goes by that.",
            ranked.trial.candidate,
            percent(most),
            percent(own)
        )
    })
}

/// Returns which loses fewer requests than the recommended, where that matters.
fn losses(evidence: &[Ranked]) -> Option<String> {
    const MUCH: f64 = 0.001;
    let own = evidence.first()?.trial.failed;
    let least = evidence
        .iter()
        .min_by(|a, b| a.trial.failed.total_cmp(&b.trial.failed))?;
    (own > least.trial.failed + MUCH).then(|| {
        format!(
            "Mind the losses: {} loses {} of the requests, the recommended {}, which no goal goes by: a backend that \
             fails at once looks idle.",
            least.trial.candidate,
            percent(least.trial.failed),
            percent(own)
        )
    })
}
