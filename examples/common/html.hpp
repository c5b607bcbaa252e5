#pragma once
// Self-contained HTML pages: one style for all reports, light and dark, no network. Those with much to look up have a
// little script, and can be read without it.

#include <string>
#include <utility>
#include <vector>

#include "text.hpp"

namespace common {

/// Text as it may stand in HTML and in attributes.
std::string escape(const std::string& text);

using Facts = std::vector<std::pair<std::string, std::string>>;  // label and value

/// A whole page around its sections; a script where scatters and tables are to answer.
enum class Script { none, interactive };
std::string page(const std::string& title, const Facts& facts, const std::string& body, const std::string& command,
                 Script script = Script::none);

/// Pictures side by side where there is room, each with its caption.
std::string figure(const std::string& picture, const std::string& caption);
std::string figures(const std::vector<std::string>& figures);

/// An SVG picture as a file of its own, of this size, with the colours of the reports and a background.
std::string picture_file(const std::string& picture, double width, double height);

/// A table that scrolls by itself on a narrow screen. Cells of the first column are headers. In an interactive page one
/// that is sortable has a button on each column.
enum class Order { fixed, sortable };
std::string table(const std::vector<std::string>& head, const std::vector<std::vector<std::string>>& rows,
                  Order order = Order::fixed);

/// Writes beside the file and renames, so that there is never half a report. Throws xgrad::IoError.
void write_page(const std::string& path, const std::string& html);

}  // namespace common
