//! Changes that would move fewer keys, measured on the first keys.

use evenkeel_algorithms::RouteError;

use super::figures::Figures;
use super::measure::Measured;
use super::road::Road;
use super::state::State;
use case::{Advice, Case};

pub(super) mod case;
mod growth;
mod names;
mod other_algorithm;
mod same_algorithm;
mod settings;

/// The maximum number of backends for what-ifs: with more, they would take longer than the plan.
const MAX_BACKENDS: usize = 2_000;

/// Returns changes that would move fewer keys than the plan from first to last.
///
/// # Errors
/// If something that an algorithm of the plan depends on fails.
pub(super) fn advice(
    road: &Road,
    measured: &Measured,
    whole: &Figures,
) -> Result<Vec<Advice>, RouteError> {
    let backends = |state: &State| state.config.backends.len();
    if whole.flows.is_empty()
        || road
            .states
            .iter()
            .any(|state| backends(state) > MAX_BACKENDS)
    {
        return Ok(Vec::new());
    }
    let case = Case::of(road, measured, whole)?;
    if case.moved == 0. {
        return Ok(Vec::new());
    }
    let mut advice = names::advice(&case);
    if case.before().algorithm == case.after().algorithm {
        advice.extend(same_algorithm::advice(&case));
        advice.extend(growth::advice(&case));
    } else {
        advice.extend(other_algorithm::advice(&case));
    }
    Ok(advice)
}
