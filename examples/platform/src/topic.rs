//! Topic names and filters: their form, and which filter takes which name (MQTT 3.1.1, section 4.7).

use crate::packet::Violation;

/// Whether this is a filter at all.
pub(crate) fn check_filter(filter: &str) -> Result<(), Violation> {
    if filter.is_empty() {
        return Err(Violation::new("MQTT-4.7.3-1", "empty topic filter"));
    }
    let mut levels = filter.split('/').peekable();
    while let Some(level) = levels.next() {
        if level.contains('#') && (level != "#" || levels.peek().is_some()) {
            let what = "`#` that is not the whole last level";
            return Err(Violation::new("MQTT-4.7.1-2", what));
        }
        if level.contains('+') && level != "+" {
            let what = "`+` that is not a whole level";
            return Err(Violation::new("MQTT-4.7.1-3", what));
        }
    }
    Ok(())
}

/// Whether this can be the name of a message's topic.
pub(crate) fn check_name(name: &str) -> Result<(), Violation> {
    if name.is_empty() {
        return Err(Violation::new("MQTT-4.7.3-1", "empty topic name"));
    }
    if has_wildcard(name) {
        return Err(Violation::new("MQTT-3.3.2-2", "wildcard in a topic name"));
    }
    Ok(())
}

/// Whether `+` or `#` occurs.
pub(crate) fn has_wildcard(text: &str) -> bool {
    text.contains(['+', '#'])
}

/// Whether every name that `filter` takes is also taken by `pattern`. A plain name is a filter that takes itself.
pub(crate) fn covers(pattern: &str, filter: &str) -> bool {
    let mut filter = filter.split('/');
    for level in pattern.split('/') {
        if level == "#" {
            return true; // also when `filter` has ended: `a/#` takes `a` (section 4.7.1.2)
        }
        match filter.next() {
            Some(other) if other != "#" && (level == "+" || level == other) => {}
            _ => return false,
        }
    }
    filter.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_take_what_the_specification_says() {
        for (pattern, name) in [
            ("/a/b", "/a/b"),
            ("/a/+", "/a/b"),
            ("/a/+/c", "/a/b/c"),
            ("/a/#", "/a/b/c"),
            ("/a/#", "/a"),
            ("/a/+", "/a/"),
            ("/a/#", "/a/+/c"),
            ("/a/#", "/a/b/#"),
            ("/a/+", "/a/+"),
        ] {
            assert!(covers(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("/a/b", "/a/c"),
            ("/a/b", "/a/b/c"),
            ("/a/b/c", "/a/b"),
            ("/a/+", "/a"),
            ("/a/+", "/a/b/c"),
            ("/a/b", "/a/+"),
            ("/a/+", "/a/#"),
            ("/a/b/#", "/a/#"),
        ] {
            assert!(!covers(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn filters_of_a_wrong_form_are_named() {
        for (filter, statement) in [
            ("", "MQTT-4.7.3-1"),
            ("/a#", "MQTT-4.7.1-2"),
            ("/a/#/b", "MQTT-4.7.1-2"),
            ("/a/##", "MQTT-4.7.1-2"),
            ("/a/b+", "MQTT-4.7.1-3"),
            ("/++/b", "MQTT-4.7.1-3"),
        ] {
            let violation = check_filter(filter).expect_err(filter);
            assert_eq!(violation.statement, Some(statement), "{filter}");
        }
        for filter in ["#", "+", "/", "/a/+/b", "/+/+/#"] {
            assert_eq!(check_filter(filter), Ok(()), "{filter}");
        }
    }
}
