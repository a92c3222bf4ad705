//! How much each backend gets.

use std::collections::BTreeMap;

use crate::card::{Failover, Family, ShareVariance};
use crate::contract::case::Case;
use crate::contract::event::Event;
use crate::contract::finding::Finding;
use crate::contract::law::Law;
use crate::contract::laws::answers::names;
use crate::contract::laws::conditions::{by_key, own, when, whole};
use crate::contract::laws::loads::{Load, loads, share};
use crate::contract::member::Member;
use crate::contract::model::{Listing, Model};
use crate::contract::name::Name;
use crate::contract::subject::Subject;
use crate::profile::Key;

/// The law; its sentence states it.
pub(super) const WEIGHTS: Law = Law {
    name: "weights",
    sentence: "each backend gets its weight's share, within the bound of theory (within 30%, if the card states none)",
    fits: |subject| {
        whole(subject)?;
        when(subject.abilities().weights, "it takes no weights")?;
        let profile = subject.profile();
        let by_draws = profile.key == Key::Unused && subject.card().family == Family::FewestOfSome;
        let reason = "shares follow the load";
        let by_load = profile.key == Key::Unused && profile.in_flight && !by_draws;
        when(!by_load && subject.card().family != Family::Fewest, reason)
    },
    promised: |subject| {
        own(subject)?;
        let reason = "its profile says that weights make no difference (weighted)";
        when(subject.profile().weighted, reason)
    },
    cases: |subject| {
        let keys = subject.effort().keys;
        let of = |out: &[u8]| {
            let out = out.iter().map(|&name| Event::Health(Name(name), false));
            Case::usual().then(out).with_keys(keys)
        };
        [&[][..], &[4], &[0, 2, 7]].map(of).into()
    },
    holds: weights_hold,
    shrinks: true,
};

/// The law; its sentence states it.
pub(super) const SPREAD: Law = Law {
    name: "spread",
    sentence: "backends of one weight get shares of the keys at least as even as random assignment (chi-square test)",
    fits: |subject| {
        whole(subject)?;
        by_key(subject)
    },
    promised: |subject| {
        own(subject)?;
        let is_even = matches!(
            subject.card().shares,
            ShareVariance::AsRandom | ShareVariance::NearlyEven | ShareVariance::Exact
        );
        when(is_even, "its card does not promise it (shares)")
    },
    cases: |subject| {
        let keys = subject.effort().keys;
        [2, 3, 8]
            .map(|count| Case::of(&vec![1; count]).with_keys(keys))
            .into()
    },
    holds: spread_holds,
    shrinks: true,
};

/// The law; its sentence states it.
pub(super) const FAILOVER_SPREAD: Law = Law {
    name: "failover-spread",
    sentence: "the keys of a backend that fails spread over all others by weight, as evenly as random assignment",
    fits: |subject| {
        whole(subject)?;
        by_key(subject)
    },
    promised: |subject| {
        own(subject)?;
        let is_spread = subject.card().failover == Failover::Spread;
        when(is_spread, "its card does not promise it (failover)")
    },
    cases: |subject| {
        let keys = 3 * subject.effort().keys;
        let pools = [
            &[1; 3][..],
            &[1; 4],
            &[1; 9],
            &[1; 20],
            &[1; 33],
            &[1, 2, 3, 4],
        ];
        let of = |weights: &[u32]| {
            let last = weights.len() - 1;
            [0, weights.len() / 2, last].map(|out| {
                let out = Event::Health(Name(out as u8), false);
                Case::of(weights).then([out]).with_keys(keys)
            })
        };
        pools.into_iter().flat_map(of).collect()
    },
    holds: failover_holds,
    shrinks: true,
};

/// The allowed relative deviation of shares if none is stated.
const COARSE: f64 = 0.3;

fn weights_hold(subject: &Subject, case: &Case) -> Result<(), Finding> {
    let loads = loads(subject, case)?;
    let card = subject.card();
    for of in &loads {
        let (share, total) = share(&loads, of);
        let expected = share * total;
        // Four standard deviations of the mean of all samples.
        let own = card.variance.map_or(0., |variance| {
            variance(subject.options(), of.weight as f64, share) / subject.effort().samples as f64
        });
        let drawn = (1. - share) / expected;
        let coarse = match card.shares {
            ShareVariance::NotStated if card.variance.is_none() => COARSE * expected,
            _ => 0.,
        };
        let bound = 4. * (own + drawn).sqrt() * expected + coarse;
        let is_right = (of.load as f64 - expected).abs() <= bound;
        Finding::unless(is_right || of.weight == 0 && of.load == 0, || {
            told(of, total, (expected, bound))
        })?;
    }
    Ok(())
}

fn told(of: &Load, total: f64, (expected, bound): (f64, f64)) -> String {
    let Load { name, load, weight } = of;
    let percent = 100. * *load as f64 / total;
    format!(
        "of {total} keys or requests {name} gets {load} ({percent:.1}%), expected {expected:.0} ± {bound:.0} for its weight {weight}"
    )
}

fn spread_holds(subject: &Subject, case: &Case) -> Result<(), Finding> {
    let loads = loads(subject, case)?;
    let parts = loads.iter().map(|of| {
        let (share, total) = share(&loads, of);
        let excess = of.load as f64 - share * total;
        excess * excess / (share * total)
    });
    let freedom = loads.len().saturating_sub(1) as f64;
    let (statistic, most) = (parts.sum::<f64>(), chi_square(freedom));
    Finding::unless(freedom == 0. || statistic <= most, || {
        let shares = loads.iter().map(|of| format!("{} {}", of.name, of.load));
        let shares = shares.collect::<Vec<_>>().join(", ");
        format!("{shares}: chi-square {statistic:.1}, by chance at most {most:.1}")
    })
}

/// Returns the value that a chi-square statistic exceeds once in 300,000 times, by the approximation of Wilson and
/// Hilferty.
fn chi_square(freedom: f64) -> f64 {
    let spread = 2. / (9. * freedom);
    let root = 1. - spread + 4.5 * spread.sqrt();
    freedom * root * root * root
}

fn failover_holds(subject: &Subject, case: &Case) -> Result<(), Finding> {
    let start = Model::new(subject, case, Listing::AsGiven)?;
    let model = Model::played(subject, case, Listing::AsGiven)?;
    let home = names(start.balancer(), case.keys)?;
    let now = names(model.balancer(), case.keys)?;
    let out = model
        .members()
        .iter()
        .filter(|member| !member.is_eligible());
    let out: Vec<_> = out.map(Member::name).collect();
    let failed = |name: Name| out.contains(&name);
    let mut moved = BTreeMap::<Name, u64>::new();
    for (was, is) in home.into_iter().zip(now) {
        if let Some(is) = is.filter(|_| was.is_some_and(failed)) {
            *moved.entry(is).or_default() += 1;
        }
    }
    let load = |member: &Member| Load {
        name: member.name(),
        load: moved.get(&member.name()).copied().unwrap_or_default(),
        weight: u64::from(member.is_eligible()) * member.weight(),
    };
    let loads: Vec<_> = model.members().iter().map(load).collect();
    for of in &loads {
        let (share, total) = share(&loads, of);
        // Five standard deviations.
        let bound = 5. * (total * share * (1. - share)).sqrt();
        let is_right = (of.load as f64 - total * share).abs() <= bound;
        Finding::unless(is_right, || told(of, total, (total * share, bound)))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::chi_square;

    /// Compared with the exact quantiles: never below, and at most 15% above.
    #[test]
    fn chance_has_a_bound() {
        for (freedom, quantile) in [(1., 21.58), (2., 25.18), (7., 37.74), (9., 41.92)] {
            let bound = chi_square(freedom);
            assert!(
                (1. ..1.15).contains(&(bound / quantile)),
                "{freedom}: {bound}"
            );
        }
    }
}
