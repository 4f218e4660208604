"""The figures of the monthly report. `model` has the nouns, `figures` puts them together from an audit."""
