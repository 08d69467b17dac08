"""The list component: a page declares its columns, filters and rows, and gets everything else.

    class VisitList(ListPage):
        name = "visits"                       # the name of its address, and of its saved views and files
        columns = (Column("on", _("Date"), attrgetter("on"), sort=("on",)), …)
        form_class = VisitFilter              # a ListForm: what the address may ask for

        def rows(self): …                     # the reader's own rows, by for_user
        def narrow(self, rows): …             # those that self.wanted asks for

It has then: sorting by its heads, filters and search with their state in the address, tabs with counts, views that
people keep, CSV and XLSX of the same rows and columns, a print form, cards on a phone, paging, and a word for "nothing
yet" and "nothing fits". docs/look.md says how it looks; tests/pages/test_lists.py walks the addresses and holds every
list to all of this.
"""

from crm.base.lists.columns import Act, Column
from crm.base.lists.filters import ListForm, Menu, Option
from crm.base.lists.page import ListPage, asked_page, list_pages

__all__ = ["Act", "Column", "ListForm", "ListPage", "Menu", "Option", "asked_page", "list_pages"]
