//! Bodies that are told as hexadecimal digits, without a count.
//!
//! What a line of digits brings goes to the inbox at once, so that it may be longer than the receive buffer. Programs
//! without such a line do not link this: it is called through [`Block::digits`].
//!
//! [`Block::digits`]: crate::block::Block

use super::{Frames, Mode};
use crate::inbox::{Inbox, Piece};

/// Takes the next byte of such a body; `false`: it is no part of it.
pub(crate) fn take_digit(frames: &mut Frames<'_>, byte: u8, inbox: &mut Inbox<'_>) -> bool {
    let Some(digit) = (byte as char).to_digit(16) else {
        // One without quotes ends with the line.
        let ends = byte == b'\r' && frames.matcher.is_open(frames.pattern);
        if ends {
            frames.mode = Mode::End;
        }
        return ends;
    };
    frames.left += 1;
    if frames.left % 2 == 1 {
        inbox.grow(frames.matcher.head().len(), frames.left.div_ceil(2));
        frames.half = digit as u8;
    } else {
        inbox.push(Piece::Body, &[frames.half << 4 | digit as u8]);
    }
    true
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::format;
    use std::string::String;
    use std::vec::Vec;

    use embassy_time::Instant;

    use crate::block::Block;
    use crate::frame::{Frames, Token};
    use crate::inbox::{Inbox, Loss, Record};

    static BLOCKS: &[Block] = &[Block::whole(1, "+SMSUB: \"$\",\"&\""), Block::whole(1, "+SMSUB: $,&\"")];

    /// The tokens of these bytes, cut into reads of so many.
    fn tokens(frames: &mut Frames<'_>, inbox: &mut Inbox<'_>, bytes: &[u8], most: usize) -> Vec<Token> {
        let (mut tokens, mut rest) = (Vec::new(), bytes);
        while !rest.is_empty() {
            let room = frames.room();
            let count = room.len().min(most).min(rest.len());
            room[..count].copy_from_slice(&rest[..count]);
            rest = &rest[count..];
            frames.filled(count, Instant::MIN);
            while let Some(token) = frames.next::<crate::AllForms>(inbox, None) {
                tokens.push(token);
            }
        }
        tokens
    }

    #[test]
    fn a_message_longer_than_the_buffer_however_it_is_cut() {
        let body: Vec<u8> = (0..=255).collect();
        let text: String = body.iter().map(|byte| format!("{byte:02X}")).collect();
        let line = format!("\r\n+SMSUB: \"/a/b\",\"{text}\"\r\n\r\nOK\r\n");
        for most in [1, 2, 3, 7, 31, 32] {
            let (mut buffer, mut room) = ([0; 32], [0; 300]);
            let (mut frames, mut inbox) = (Frames::new(&mut buffer, BLOCKS), Inbox::new(&mut room));
            let found = tokens(&mut frames, &mut inbox, line.as_bytes(), most);
            assert_eq!(found, [Token::Block, Token::Line], "{most}");
            assert_eq!(inbox.front(), Some(Record { tag: 1, head: b"/a/b", body: &body }));
            assert_eq!((frames.garbled, inbox.take_loss()), (0, None));
        }
    }

    #[test]
    fn without_quotes_and_without_a_byte() {
        let (mut buffer, mut room) = ([0; 40], [0; 64]);
        let (mut frames, mut inbox) = (Frames::new(&mut buffer, BLOCKS), Inbox::new(&mut room));
        let found = tokens(&mut frames, &mut inbox, b"+SMSUB: /ext/regnwl,7b7D\r\n+SMSUB: \"t\",\"\"\r\n", 9);
        assert_eq!(found, [Token::Block, Token::Block]);
        assert_eq!(inbox.front(), Some(Record { tag: 1, head: b"/ext/regnwl", body: b"{}" }));
        inbox.release();
        assert_eq!(inbox.front(), Some(Record { tag: 1, head: b"t", body: b"" }));
    }

    /// Half a byte, a byte that is no digit, a lost end, a line that goes on.
    #[test]
    fn what_is_not_whole_is_lost_and_no_line() {
        for line in [
            &b"+SMSUB: \"t\",\"4f4\"\r\n"[..],
            b"+SMSUB: \"t\",\"4f\r\n",
            b"+SMSUB: \"t\",\"4fOK\r\n",
            b"+SMSUB: \"t\",\"{\"a\":1}\"\r\n",
            b"+SMSUB: \"t\",\"4f\"x\r\n",
        ] {
            let (mut buffer, mut room) = ([0; 40], [0; 64]);
            let (mut frames, mut inbox) = (Frames::new(&mut buffer, BLOCKS), Inbox::new(&mut room));
            let found = tokens(&mut frames, &mut inbox, &[line, b"+SMSUB: \"t\",\"58\"\r\n"].concat(), 40);
            assert_eq!(found, [Token::Block, Token::Block], "{}", line.escape_ascii());
            assert_eq!(inbox.take_loss().map(|loss| loss.count), Some(1));
            assert_eq!(inbox.front().map(|record| record.body), Some(&b"X"[..]));
        }
    }

    #[test]
    fn what_has_no_room_is_counted_with_the_room_it_needs() {
        let (mut buffer, mut room) = ([0; 40], [0; 8]);
        let (mut frames, mut inbox) = (Frames::new(&mut buffer, BLOCKS), Inbox::new(&mut room));
        for (line, longest) in
            [(&b"+SMSUB: \"t\",\"414243444546\"\r\n"[..], 11), (b"+SMSUB: \"topic\",\"4142\"\r\n", 11)]
        {
            tokens(&mut frames, &mut inbox, line, 40);
            assert_eq!(inbox.front(), None);
            assert_eq!(inbox.take_loss(), Some(Loss { count: 1, longest }));
        }
        tokens(&mut frames, &mut inbox, b"+SMSUB: \"t\",\"414243\"\r\n", 40);
        assert_eq!(inbox.front(), Some(Record { tag: 1, head: b"t", body: b"ABC" }));
    }
}
