/* Written by Scripts/embed-page. */
#include "web_page.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char again_js[] = {
#embed "../WebDesktop/Page/again.js"
};
static const unsigned char body_js[] = {
#embed "../WebDesktop/Page/body.js"
};
static const unsigned char cells_js[] = {
#embed "../WebDesktop/Page/cells.js"
};
static const unsigned char controls_js[] = {
#embed "../WebDesktop/Page/controls.js"
};
static const unsigned char desk_js[] = {
#embed "../WebDesktop/Page/desk.js"
};
static const unsigned char desktop_css[] = {
#embed "../WebDesktop/Page/desktop.css"
};
static const unsigned char desktop_js[] = {
#embed "../WebDesktop/Page/desktop.js"
};
static const unsigned char dom_js[] = {
#embed "../WebDesktop/Page/dom.js"
};
static const unsigned char effects_js[] = {
#embed "../WebDesktop/Page/effects.js"
};
static const unsigned char field_js[] = {
#embed "../WebDesktop/Page/field.js"
};
static const unsigned char form_css[] = {
#embed "../WebDesktop/Page/form.css"
};
static const unsigned char frame_js[] = {
#embed "../WebDesktop/Page/frame.js"
};
static const unsigned char geometry_js[] = {
#embed "../WebDesktop/Page/geometry.js"
};
static const unsigned char help_js[] = {
#embed "../WebDesktop/Page/help.js"
};
static const unsigned char icon_svg[] = {
#embed "../WebDesktop/Page/icon.svg"
};
static const unsigned char icons_js[] = {
#embed "../WebDesktop/Page/icons.js"
};
static const unsigned char index_html[] = {
#embed "../WebDesktop/Page/index.html"
};
static const unsigned char keys_js[] = {
#embed "../WebDesktop/Page/keys.js"
};
static const unsigned char look_css[] = {
#embed "../WebDesktop/Page/look.css"
};
static const unsigned char main_js[] = {
#embed "../WebDesktop/Page/main.js"
};
static const unsigned char masks_js[] = {
#embed "../WebDesktop/Page/masks.js"
};
static const unsigned char menu_js[] = {
#embed "../WebDesktop/Page/menu.js"
};
static const unsigned char model_js[] = {
#embed "../WebDesktop/Page/model.js"
};
static const unsigned char notices_js[] = {
#embed "../WebDesktop/Page/notices.js"
};
static const unsigned char rows_js[] = {
#embed "../WebDesktop/Page/rows.js"
};
static const unsigned char rpc_js[] = {
#embed "../WebDesktop/Page/rpc.js"
};
static const unsigned char scroll_js[] = {
#embed "../WebDesktop/Page/scroll.js"
};
static const unsigned char selection_js[] = {
#embed "../WebDesktop/Page/selection.js"
};
static const unsigned char settings_js[] = {
#embed "../WebDesktop/Page/settings.js"
};
static const unsigned char signin_js[] = {
#embed "../WebDesktop/Page/signin.js"
};
static const unsigned char table_css[] = {
#embed "../WebDesktop/Page/table.css"
};
static const unsigned char table_js[] = {
#embed "../WebDesktop/Page/table.js"
};
static const unsigned char tablekeys_js[] = {
#embed "../WebDesktop/Page/tablekeys.js"
};
static const unsigned char win_js[] = {
#embed "../WebDesktop/Page/win.js"
};
static const unsigned char window_css[] = {
#embed "../WebDesktop/Page/window.css"
};
static const unsigned char words_en_js[] = {
#embed "../WebDesktop/Page/words.en.js"
};
static const unsigned char words_js[] = {
#embed "../WebDesktop/Page/words.js"
};
static const unsigned char words_ru_js[] = {
#embed "../WebDesktop/Page/words.ru.js"
};

static const web_page_file files[] = {
    {"again.js", again_js, sizeof(again_js)},
    {"body.js", body_js, sizeof(body_js)},
    {"cells.js", cells_js, sizeof(cells_js)},
    {"controls.js", controls_js, sizeof(controls_js)},
    {"desk.js", desk_js, sizeof(desk_js)},
    {"desktop.css", desktop_css, sizeof(desktop_css)},
    {"desktop.js", desktop_js, sizeof(desktop_js)},
    {"dom.js", dom_js, sizeof(dom_js)},
    {"effects.js", effects_js, sizeof(effects_js)},
    {"field.js", field_js, sizeof(field_js)},
    {"form.css", form_css, sizeof(form_css)},
    {"frame.js", frame_js, sizeof(frame_js)},
    {"geometry.js", geometry_js, sizeof(geometry_js)},
    {"help.js", help_js, sizeof(help_js)},
    {"icon.svg", icon_svg, sizeof(icon_svg)},
    {"icons.js", icons_js, sizeof(icons_js)},
    {"index.html", index_html, sizeof(index_html)},
    {"keys.js", keys_js, sizeof(keys_js)},
    {"look.css", look_css, sizeof(look_css)},
    {"main.js", main_js, sizeof(main_js)},
    {"masks.js", masks_js, sizeof(masks_js)},
    {"menu.js", menu_js, sizeof(menu_js)},
    {"model.js", model_js, sizeof(model_js)},
    {"notices.js", notices_js, sizeof(notices_js)},
    {"rows.js", rows_js, sizeof(rows_js)},
    {"rpc.js", rpc_js, sizeof(rpc_js)},
    {"scroll.js", scroll_js, sizeof(scroll_js)},
    {"selection.js", selection_js, sizeof(selection_js)},
    {"settings.js", settings_js, sizeof(settings_js)},
    {"signin.js", signin_js, sizeof(signin_js)},
    {"table.css", table_css, sizeof(table_css)},
    {"table.js", table_js, sizeof(table_js)},
    {"tablekeys.js", tablekeys_js, sizeof(tablekeys_js)},
    {"win.js", win_js, sizeof(win_js)},
    {"window.css", window_css, sizeof(window_css)},
    {"words.en.js", words_en_js, sizeof(words_en_js)},
    {"words.js", words_js, sizeof(words_js)},
    {"words.ru.js", words_ru_js, sizeof(words_ru_js)},
};

web_page_file web_page_file_at(size_t index) {
  return index < sizeof(files) / sizeof(files[0]) ? files[index] : (web_page_file){0};
}
