/* The library's formats for cell styles, each made once a book. What a role looks like is sheet_style.c's. */
#include "csim/report/book_parts.h"

const char csim_book_font[] = "Arial"; /* on every system, or a face of the same widths stands in for it */

/* The library takes 0 for "no colour", so black is given a little light. */
lxw_color_t csim_library_colour(uint32_t rgb) { return rgb ? rgb : 0x000001; }

static void format_set_look(lxw_format *format, csim_look look) {
    format_set_font_name(format, csim_book_font);
    format_set_font_size(format, look.size_points);
    format_set_font_color(format, csim_library_colour((uint32_t)look.text_rgb));
    /* Table heads stand in the middle of their row; all else begins at the top, so that numbers stay level with the first line of a long text. */
    format_set_align(format, look.wrap && look.fill_rgb >= 0 ? LXW_ALIGN_VERTICAL_CENTER : LXW_ALIGN_VERTICAL_TOP);
    if (look.bold) format_set_bold(format);
    if (look.italic) format_set_italic(format);
    if (look.underline) format_set_underline(format, LXW_UNDERLINE_SINGLE);
    if (look.wrap) format_set_text_wrap(format);
    if (look.align == CSIM_ALIGN_LEFT) format_set_align(format, LXW_ALIGN_LEFT);
    if (look.align == CSIM_ALIGN_CENTRE) format_set_align(format, LXW_ALIGN_CENTER);
    if (look.align == CSIM_ALIGN_RIGHT) format_set_align(format, LXW_ALIGN_RIGHT);
    if (look.fill_rgb >= 0) {
        format_set_pattern(format, LXW_PATTERN_SOLID);
        format_set_fg_color(format, csim_library_colour((uint32_t)look.fill_rgb));
    }
    if (look.rule_above) format_set_top(format, LXW_BORDER_THIN);
    if (look.rule_below) format_set_bottom(format, LXW_BORDER_THIN);
}

/* The last one is tried first: neighbouring cells look alike. */
lxw_format *csim_book_format(csim_book *book, csim_cell_style style) {
    for (size_t i = 0; i <= book->style_count; i++) {
        const size_t at = i ? i - 1 : book->last_style;
        const csim_cell_style *known = &book->styles[at].style;
        if (at >= book->style_count || known->role != style.role || known->kind != style.kind || known->decimals != style.decimals) continue;
        book->last_style = at;
        return book->styles[at].format;
    }
    lxw_format *format = book->style_count < CSIM_BOOK_STYLES_MAX ? workbook_add_format(book->lxw) : NULL;
    if (!format) {
        csim_book_fail(book, book->style_count < CSIM_BOOK_STYLES_MAX ? CSIM_NO_MEMORY : CSIM_LIMIT, "no room for another cell style");
        return NULL;
    }
    char number_format[CSIM_NUMBER_FORMAT_SIZE];
    csim_number_format(style.kind, style.decimals, number_format);
    format_set_num_format(format, number_format);
    format_set_look(format, csim_role_look(style.role));
    book->last_style = book->style_count++;
    book->styles[book->last_style] = (csim_style_entry){.style = style, .format = format};
    return format;
}

lxw_format *csim_book_mark(csim_book *book, lxw_format **slot, uint32_t text_rgb, uint32_t fill_rgb) {
    if (*slot) return *slot;
    *slot = workbook_add_format(book->lxw);
    if (!*slot) {
        csim_book_fail(book, CSIM_NO_MEMORY, "no memory for a cell style");
        return NULL;
    }
    if (text_rgb) format_set_font_color(*slot, text_rgb);
    format_set_bg_color(*slot, fill_rgb);
    return *slot;
}
