//! Regular expressions that mean the same everywhere. A pattern is read by the `regex-syntax` crate and written anew from its
//! meaning in a spelling that the `regex` crate (the process, SQLite) and PostgreSQL read alike: groups that capture nothing,
//! explicit ranges of characters, `^` and `$` for the ends of the text. Whether a text matches then depends on neither.

use regex::{Regex, RegexBuilder};
use regex_syntax::ast::parse::ParserBuilder;
use regex_syntax::ast::{self, AssertionKind, Ast, Flag, FlagsItemKind, GroupKind, RepetitionKind, RepetitionRange, Span};
use regex_syntax::hir::translate::TranslatorBuilder;
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look, Repetition};

/// What PostgreSQL counts to in a repetition.
const REPETITION_MAX: u32 = 255;
/// How deep groups may nest.
const NESTING_MAX: u32 = 32;
/// How many characters and classes a pattern may have once its repetitions are written out.
const STEPS_MAX: usize = 2_000;
/// In how many places it may then leave something out. What PostgreSQL makes of a pattern grows with the third power of it.
const SKIPS_MAX: usize = 100;
/// The longest canonical spelling: classes such as `\w` are long lists of ranges.
const SPELLING_MAX: usize = 60_000;
/// Bytes the compiled pattern may take in the process.
const PROGRAM_BYTES_MAX: usize = 4 << 20;
/// A class of at most so many characters is folded one by one.
const FOLDED_CLASS_MAX: usize = 64;

/// A pattern in its canonical spelling, and ready to run.
#[derive(Debug, Clone)]
pub struct Pattern {
    pub text: String,
    regex: Regex,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Pattern) -> bool {
        self.text == other.text
    }
}

/// Why a pattern is refused.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused {
    pub code: &'static str,
    pub message: String,
}

impl Refused {
    fn new(message: impl Into<String>) -> Refused {
        Refused { code: "bad_pattern", message: message.into() }
    }

    fn at(source: &str, span: &Span, message: impl std::fmt::Display) -> Refused {
        let before = source.get(..span.start.offset).map_or(0, |before| before.chars().count());
        Refused::new(format!("at character {}: {message}", before + 1))
    }

    fn nothing() -> Refused {
        Refused::new("the pattern has a class without characters, which nothing matches")
    }

    fn too_large() -> Refused {
        Refused {
            code: "too_large",
            message: "the pattern comes to too much; repeat less, or use smaller classes of characters".to_owned(),
        }
    }
}

impl Pattern {
    /// A pattern for texts as they are spelled.
    pub fn exact(source: &str) -> Result<Pattern, Refused> {
        Pattern::read(source, Spelling::Plain)
    }

    /// A pattern for folded texts: it ignores case, and its own characters are folded.
    pub fn folded(source: &str) -> Result<Pattern, Refused> {
        Pattern::read(&sql::compose(source), Spelling::Folded)
    }

    pub fn matches(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    fn read(source: &str, spelling: Spelling) -> Result<Pattern, Refused> {
        let parsed = ParserBuilder::new().nest_limit(NESTING_MAX).build().parse(source);
        let ast = parsed.map_err(|error| Refused::at(source, error.span(), error.kind()))?;
        ast::visit(&ast, Limits { source })?;
        let mut translator = TranslatorBuilder::new().case_insensitive(spelling == Spelling::Folded).build();
        let hir = translator.translate(source, &ast).map_err(|error| Refused::at(source, error.span(), error.kind()))?;
        let size = Size::of(&hir);
        if size.steps > STEPS_MAX || size.skips > SKIPS_MAX {
            return Err(Refused::too_large());
        }
        let mut writer = Writer { spelling, text: String::new() };
        writer.alternatives(&hir)?;
        if writer.text.len() > SPELLING_MAX {
            return Err(Refused::too_large());
        }
        let regex = RegexBuilder::new(&writer.text).size_limit(PROGRAM_BYTES_MAX).build().map_err(|_| Refused::too_large())?;
        Ok(Pattern { text: writer.text, regex })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Spelling {
    Plain,
    Folded,
}

/// Refuses what the databases and the process understand differently, at its spot.
struct Limits<'s> {
    source: &'s str,
}

impl Limits<'_> {
    fn flags(&self, flags: &ast::Flags) -> Result<(), Refused> {
        let differs = |kind: &FlagsItemKind| matches!(kind, FlagsItemKind::Flag(Flag::MultiLine | Flag::CRLF | Flag::Unicode));
        match flags.items.iter().find(|item| differs(&item.kind)) {
            Some(item) => Err(Refused::at(self.source, &item.span, "only the flags `i`, `s`, `x` and `U` can be used")),
            None => Ok(()),
        }
    }
}

impl ast::Visitor for Limits<'_> {
    type Output = ();
    type Err = Refused;

    fn finish(self) -> Result<(), Refused> {
        Ok(())
    }

    fn visit_pre(&mut self, ast: &Ast) -> Result<(), Refused> {
        match ast {
            Ast::Assertion(assertion) => match assertion.kind {
                AssertionKind::StartLine | AssertionKind::EndLine | AssertionKind::StartText | AssertionKind::EndText => Ok(()),
                _ => Err(Refused::at(self.source, &assertion.span, "boundaries of words cannot be used")),
            },
            Ast::Flags(set) => self.flags(&set.flags),
            Ast::Group(group) => match &group.kind {
                GroupKind::NonCapturing(flags) => self.flags(flags),
                GroupKind::CaptureIndex(_) | GroupKind::CaptureName { .. } => Ok(()),
            },
            Ast::Repetition(repetition) => match &repetition.op.kind {
                RepetitionKind::Range(range) if counts_past_max(range) => {
                    Err(Refused::at(self.source, &repetition.op.span, format!("a repetition counts up to {REPETITION_MAX} at most")))
                }
                _ => Ok(()),
            },
            _ => Ok(()),
        }
    }
}

fn counts_past_max(range: &RepetitionRange) -> bool {
    let (RepetitionRange::Exactly(most) | RepetitionRange::AtLeast(most) | RepetitionRange::Bounded(_, most)) = range;
    *most > REPETITION_MAX
}

/// What a pattern comes to with its repetitions written out.
#[derive(Clone, Copy)]
struct Size {
    steps: usize,
    skips: usize,
}

impl Size {
    fn of(hir: &Hir) -> Size {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) | HirKind::Class(_) => Size { steps: 1, skips: 0 },
            HirKind::Literal(literal) => Size { steps: literal.0.len(), skips: 0 },
            HirKind::Repetition(repetition) => {
                let times = repetition.max.unwrap_or(repetition.min.saturating_add(1)).max(1) as usize;
                let Size { steps, skips } = Size::of(&repetition.sub);
                let own = usize::from(repetition.max != Some(repetition.min));
                Size { steps: steps.saturating_mul(times), skips: skips.saturating_mul(times).saturating_add(own) }
            }
            HirKind::Capture(capture) => Size::of(&capture.sub),
            HirKind::Concat(parts) | HirKind::Alternation(parts) => {
                parts.iter().map(Size::of).fold(Size { steps: 1, skips: 0 }, Size::plus)
            }
        }
    }

    fn plus(self, other: Size) -> Size {
        Size { steps: self.steps.saturating_add(other.steps), skips: self.skips.saturating_add(other.skips) }
    }
}

struct Writer {
    spelling: Spelling,
    text: String,
}

impl Writer {
    /// Anything; several alternatives stand without a group around them.
    fn alternatives(&mut self, hir: &Hir) -> Result<(), Refused> {
        let HirKind::Alternation(alternatives) = hir.kind() else { return self.sequence(hir) };
        for (place, alternative) in alternatives.iter().enumerate() {
            if place > 0 {
                self.text.push('|');
            }
            self.sequence(alternative)?;
        }
        Ok(())
    }

    /// Anything that may stand beside others in a row.
    fn sequence(&mut self, hir: &Hir) -> Result<(), Refused> {
        match hir.kind() {
            HirKind::Empty => self.text.push_str("(?:)"),
            HirKind::Literal(literal) => {
                let literal = std::str::from_utf8(&literal.0).map_err(|_| Refused::new("a pattern is made of characters, not of bytes"))?;
                let folded = match self.spelling {
                    Spelling::Plain => literal.to_owned(),
                    Spelling::Folded => sql::fold(literal),
                };
                folded.chars().try_for_each(|char| self.char(char))?;
            }
            HirKind::Class(Class::Unicode(class)) => self.class(class)?,
            HirKind::Look(Look::Start) => self.text.push('^'),
            HirKind::Look(Look::End) => self.text.push('$'),
            HirKind::Repetition(repetition) => self.repetition(repetition)?,
            HirKind::Capture(capture) => self.group(&capture.sub)?,
            HirKind::Concat(parts) => parts.iter().try_for_each(|part| self.sequence(part))?,
            HirKind::Alternation(_) => self.group(hir)?,
            // Without bytes in the pattern this is how nothing at all is spelled.
            HirKind::Class(Class::Bytes(_)) => return Err(Refused::nothing()),
            HirKind::Look(_) => return Err(Refused::new("the pattern uses what cannot be used here")),
        }
        Ok(())
    }

    fn group(&mut self, hir: &Hir) -> Result<(), Refused> {
        self.text.push_str("(?:");
        self.alternatives(hir)?;
        self.text.push(')');
        Ok(())
    }

    fn repetition(&mut self, repetition: &Repetition) -> Result<(), Refused> {
        // PostgreSQL does not repeat what has no length, and there is no sense in it.
        if repetition.max == Some(0) || (repetition.min == 0 && repetition.sub.properties().maximum_len() == Some(0)) {
            self.text.push_str("(?:)");
            return Ok(());
        }
        match repetition.sub.kind() {
            HirKind::Class(_) => self.sequence(&repetition.sub)?,
            _ => self.group(&repetition.sub)?,
        }
        if repetition.sub.properties().maximum_len() == Some(0) {
            return Ok(());
        }
        match (repetition.min, repetition.max) {
            (0, None) => self.text.push('*'),
            (1, None) => self.text.push('+'),
            (0, Some(1)) => self.text.push('?'),
            (min, None) => self.text.push_str(&format!("{{{min},}}")),
            (min, Some(max)) if min == max => self.text.push_str(&format!("{{{min}}}")),
            (min, Some(max)) => self.text.push_str(&format!("{{{min},{max}}}")),
        }
        Ok(())
    }

    fn class(&mut self, class: &ClassUnicode) -> Result<(), Refused> {
        let mut class = class.clone();
        class.difference(&ClassUnicode::new([ClassUnicodeRange::new('\0', '\0')]));
        let several = if self.spelling == Spelling::Folded { fold_class(&mut class) } else { Vec::new() };
        if class.ranges().is_empty() && several.is_empty() {
            return Err(Refused::nothing());
        }
        if several.is_empty() {
            return self.ranges(&class);
        }
        self.text.push_str("(?:");
        for (place, folded) in several.iter().enumerate() {
            if place > 0 {
                self.text.push('|');
            }
            folded.chars().try_for_each(|char| self.char(char))?;
        }
        if !class.ranges().is_empty() {
            self.text.push('|');
            self.ranges(&class)?;
        }
        self.text.push(')');
        Ok(())
    }

    fn ranges(&mut self, class: &ClassUnicode) -> Result<(), Refused> {
        if let [range] = class.ranges()
            && range.start() == range.end()
        {
            return self.char(range.start());
        }
        self.text.push('[');
        for range in class.ranges() {
            self.char(range.start())?;
            if range.start() < range.end() {
                self.text.push('-');
                self.char(range.end())?;
            }
        }
        self.text.push(']');
        Ok(())
    }

    /// One character as all read it, inside of a class and out of it.
    fn char(&mut self, char: char) -> Result<(), Refused> {
        match char {
            '\0' => return Err(Refused::new("a text cannot contain the NUL character")),
            'a'..='z' | 'A'..='Z' | '0'..='9' => self.text.push(char),
            // Before `<` and `>` a backslash means the boundary of a word.
            ' ' | '<' | '>' => self.text.push(char),
            '!'..='/' | ':'..=';' | '=' | '?'..='@' | '['..='`' | '{'..='~' => {
                self.text.push('\\');
                self.text.push(char);
            }
            _ if u32::from(char) <= 0xffff => self.text.push_str(&format!("\\u{:04x}", u32::from(char))),
            _ => self.text.push_str(&format!("\\U{:08x}", u32::from(char))),
        }
        Ok(())
    }
}

/// Leaves of a small class what a folded text can hold; gives the characters that become several when they are folded.
fn fold_class(class: &mut ClassUnicode) -> Vec<String> {
    let count: usize = class.ranges().iter().map(|range| (u32::from(range.end()) - u32::from(range.start()) + 1) as usize).sum();
    if count > FOLDED_CLASS_MAX {
        return Vec::new();
    }
    let mut several = Vec::new();
    let mut single = ClassUnicode::empty();
    for char in class.ranges().iter().flat_map(|range| range.start()..=range.end()) {
        let folded = sql::fold(&char.to_string());
        let mut chars = folded.chars();
        match (chars.next(), chars.next()) {
            (Some(one), None) => single.push(ClassUnicodeRange::new(one, one)),
            _ => several.push(folded),
        }
    }
    *class = single;
    several
}

#[cfg(test)]
mod tests;
