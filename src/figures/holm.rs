//! Holm's correction for several tests.

/// Returns p-values adjusted so that, of true hypotheses, any is rejected with at most the level's probability (S. Holm,
/// A simple sequentially rejective multiple test procedure, 1979). Tests without a p-value do not count.
pub(super) fn adjusted(p_values: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut known: Vec<_> = p_values
        .iter()
        .enumerate()
        .filter_map(|(place, p_value)| Some((place, (*p_value)?)))
        .collect();
    known.sort_by(|(_, one), (_, other)| one.total_cmp(other));
    let mut adjusted = vec![None; p_values.len()];
    let mut least = 0_f64;
    for (rank, &(place, p_value)) in known.iter().enumerate() {
        least = least.max(((known.len() - rank) as f64 * p_value).min(1.));
        adjusted[place] = Some(least);
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p_values_are_multiplied_by_the_number_of_those_that_are_not_smaller() {
        let p_values = [Some(0.03), None, Some(0.005), Some(0.04), Some(0.01)];
        let expected = [Some(0.06), None, Some(0.02), Some(0.06), Some(0.03)];
        assert_eq!(adjusted(&p_values), expected);
        assert_eq!(adjusted(&[Some(0.7), Some(0.6)]), [Some(1.); 2]);
        assert_eq!(adjusted(&[None]), [None]);
    }
}
