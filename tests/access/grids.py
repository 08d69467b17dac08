"""Which answers there are, and who gets them: the grids of the table (table.py).

Columns, in this order:

    out   not signed in; or signed in once, and no user any more
    rep   holds the territory xixi                  sib  holds dongdu, in the same district
    gone  held xixi until yesterday, holds north    man  manages the district of both (jiangnan)
    oth   manages the other district (jiangbei)     ops  operations of the whole tree
    sub   operations of jiangnan                    com  compliance of jiangnan
    two   holds xixi, and is operations of jiangbei emp  manages a territory in which nothing is
    idle  has no posting

A grid has a line for each object that an address (or a body) may name: of the branch xixi, dongdu, north (another
district) or far (another product line, nobody of the cast runs it), a visit between branches, and one that is absent.
What stands in it:

    .  200    >  302 to another of our pages    s  302 to sign-in    !  422, refused with a sentence
    x  403    -  404                            o  200 to who is not signed in, else 302
"""

COLUMNS = ("out", "rep", "sib", "gone", "man", "oth", "ops", "sub", "com", "two", "emp", "idle")

GRIDS = {
    #                           out rep sib gone man oth ops sub com two emp idle
    "anybody":              """
        page                     .   .   .   .   .   .   .   .   .   .   .   .
    """,
    "anybody, and on":      """
        page                     >   >   >   >   >   >   >   >   >   >   >   >
    """,
    "at the door":          """
        page                     o   >   >   >   >   >   >   >   >   >   >   >
    """,
    "whoever is in":        """
        page                     s   .   .   .   .   .   .   .   .   .   .   .
    """,
    "whoever is in, and on": """
        page                     s   >   >   >   >   >   >   >   >   >   >   >
    """,
    "nobody":               """
        page                     s   -   -   -   -   -   -   -   -   -   -   -
    """,
    "a rep's day":          """
        page                     s   .   .   .   >   >   >   >   >   .   >   >
    """,
    "who logs visits":      """
        page                     s   .   .   .   .   .   x   x   x   .   .   x
    """,
    "who supervises":       """
        page                     s   x   x   x   .   .   .   .   x   .   .   x
    """,
    "a ground's figures":   """
        xixi                     s   x   x   x   .   -   .   .   x   -   -   x
        dongdu                   s   x   x   x   .   -   .   .   x   -   -   x
        north                    s   x   x   x   -   .   .   -   x   .   -   x
        far                      s   x   x   x   -   -   -   -   x   -   -   x
        absent                   s   x   x   x   -   -   -   -   x   -   -   x
    """,
    "a customer":           """
        xixi                     s   .   -   -   .   -   .   .   .   .   -   -
        dongdu                   s   -   .   -   .   -   .   .   .   -   -   -
        north                    s   -   -   .   -   .   .   -   -   .   -   -
        far                      s   -   -   -   -   -   -   -   -   -   -   -
        absent                   s   -   -   -   -   -   -   -   -   -   -   -
    """,
    "a customer's history": """
        xixi                     s   -   -   -   .   -   .   .   .   -   -   -
        dongdu                   s   -   -   -   .   -   .   .   .   -   -   -
        north                    s   -   -   -   -   .   .   -   -   .   -   -
        far                      s   -   -   -   -   -   -   -   -   -   -   -
        absent                   s   -   -   -   -   -   -   -   -   -   -   -
    """,
    "whom one may log":     """
        xixi                     s   .   -   -   .   -   x   x   x   .   -   x
        dongdu                   s   -   .   -   .   -   x   x   x   -   -   x
        north                    s   -   -   .   -   .   x   x   x   .   -   x
        far                      s   -   -   -   -   -   x   x   x   -   -   x
        absent                   s   -   -   -   -   -   x   x   x   -   -   x
    """,
    "log a visit":          """
        xixi                     s   >   -   -   >   -   !   !   !   >   -   -
        dongdu                   s   -   >   -   >   -   !   !   !   -   -   -
        north                    s   -   -   >   -   >   !   -   -   !   -   -
        far                      s   -   -   -   -   -   -   -   -   -   -   -
        absent                   s   -   -   -   -   -   -   -   -   -   -   -
    """,
    "a visit":              """
        xixi                     s   .   -   -   .   -   .   .   .   .   -   -
        dongdu                   s   -   .   -   .   -   .   .   .   -   -   -
        north                    s   -   -   .   -   .   .   -   -   .   -   -
        group visit              s   .   -   .   .   .   .   .   .   .   -   -
        left visit               s   .   -   -   .   -   .   .   .   .   -   -
        far                      s   -   -   -   -   -   -   -   -   -   -   -
        absent                   s   -   -   -   -   -   -   -   -   -   -   -
    """,
    "one's own visit":      """
        xixi                     s   .   -   -   -   -   -   -   -   -   -   -
        dongdu                   s   -   .   -   -   -   -   -   -   -   -   -
        north                    s   -   -   -   -   -   -   -   -   -   -   -
        group visit              s   .   -   -   -   -   -   -   -   -   -   -
        left visit               s   -   -   -   -   -   -   -   -   -   -   -
        far                      s   -   -   -   -   -   -   -   -   -   -   -
        absent                   s   -   -   -   -   -   -   -   -   -   -   -
    """,
    "amend one's own visit": """
        xixi                     s   >   -   -   -   -   -   -   -   -   -   -
        dongdu                   s   -   >   -   -   -   -   -   -   -   -   -
        north                    s   -   -   -   -   -   -   -   -   -   -   -
        left visit               s   -   -   -   -   -   -   -   -   -   -   -
        far                      s   -   -   -   -   -   -   -   -   -   -   -
        absent                   s   -   -   -   -   -   -   -   -   -   -   -
    """,
    "a reminder":           """
        xixi                     s   .   -   -   .   -   x   x   x   .   -   x
        dongdu                   s   -   .   -   .   -   x   x   x   -   -   x
        north                    s   -   -   .   -   .   x   x   x   .   -   x
        far                      s   -   -   -   -   -   x   x   x   -   -   x
        absent                   s   -   -   -   -   -   x   x   x   -   -   x
    """,
    "answer a reminder":    """
        xixi                     s   >   -   -   >   -   x   x   x   >   -   x
        dongdu                   s   -   >   -   >   -   x   x   x   -   -   x
        north                    s   -   -   >   -   >   x   x   x   x   -   x
        far                      s   -   -   -   -   -   x   x   x   -   -   x
        absent                   s   -   -   -   -   -   x   x   x   -   -   x
    """,
    "one's own view":       """
        xixi                     s   >   -   -   -   -   -   -   -   -   -   -
        dongdu                   s   -   >   -   -   -   -   -   -   -   -   -
        north                    s   -   -   -   -   -   -   -   -   -   -   -
        far                      s   -   -   -   -   -   -   -   -   -   -   -
        absent                   s   -   -   -   -   -   -   -   -   -   -   -
    """,
    "one's own passkey":    """
        xixi                     s   .   -   -   -   -   -   -   -   -   -   -
        dongdu                   s   -   .   -   -   -   -   -   -   -   -   -
        north                    s   -   -   -   -   -   -   -   -   -   -   -
        absent                   s   -   -   -   -   -   -   -   -   -   -   -
    """,
    "whoever has a passkey": """
        page                     s   .   .   >   >   >   >   >   >   >   >   >
    """,
    "new codes":            """
        page                     s   >   >   .   .   .   .   .   .   .   .   .
    """,
    "who keeps customers":  """
        page                     s   .   .   .   .   .   .   .   x   .   .   x
    """,
    "enter into ground":    """
        xixi                     s   >   !   !   >   !   >   >   x   >   !   x
        dongdu                   s   !   >   !   >   !   >   >   x   !   !   x
        north                    s   !   !   >   !   >   >   !   x   >   !   x
        far                      s   !   !   !   !   !   !   !   x   !   !   x
        absent                   s   !   !   !   !   !   !   !   x   !   !   x
    """,
    "a customer that one keeps": """
        xixi                     s   .   -   -   .   -   .   .   x   .   -   x
        dongdu                   s   -   .   -   .   -   .   .   x   -   -   x
        north                    s   -   -   .   -   .   .   -   x   .   -   x
        far                      s   -   -   -   -   -   -   -   x   -   -   x
        absent                   s   -   -   -   -   -   -   -   x   -   -   x
    """,
    "done to a customer that one keeps": """
        xixi                     s   >   -   -   >   -   >   >   x   >   -   x
        dongdu                   s   -   >   -   >   -   >   >   x   -   -   x
        north                    s   -   -   >   -   >   >   -   x   >   -   x
        far                      s   -   -   -   -   -   -   -   x   -   -   x
        absent                   s   -   -   -   -   -   -   -   x   -   -   x
    """,
    "what one knows of a customer": """
        xixi                     s   .   -   -   .   -   .   .   x   .   -   -
        dongdu                   s   -   .   -   .   -   .   .   x   -   -   -
        north                    s   -   -   .   -   .   .   -   -   .   -   -
        far                      s   -   -   -   -   -   -   -   -   -   -   -
        absent                   s   -   -   -   -   -   -   -   -   -   -   -
    """,
    "write down of a customer": """
        xixi                     s   >   -   -   >   -   >   >   x   >   -   -
        dongdu                   s   -   >   -   >   -   >   >   x   -   -   -
        north                    s   -   -   >   -   >   >   -   -   >   -   -
        far                      s   -   -   -   -   -   -   -   -   -   -   -
        absent                   s   -   -   -   -   -   -   -   -   -   -   -
    """,
    "whoever has the link": """
        xixi                     .   .   .   .   .   .   .   .   .   .   .   .
        absent                   -   -   -   -   -   -   -   -   -   -   -   -
    """,
    "operations":           """
        page                     s   x   x   x   x   x   .   .   x   .   x   x
    """,
    "operations of the house": """
        page                     s   x   x   x   x   x   .   x   x   x   x   x
    """,
    "done for the house":   """
        page                     s   x   x   x   x   x   >   x   x   x   x   x
    """,
    "ground that one runs": """
        xixi                     s   x   x   x   x   x   .   .   x   -   x   x
        dongdu                   s   x   x   x   x   x   .   .   x   -   x   x
        north                    s   x   x   x   x   x   .   -   x   .   x   x
        far                      s   x   x   x   x   x   -   -   x   -   x   x
        absent                   s   x   x   x   x   x   -   -   x   -   x   x
    """,
    "done in ground that one runs": """
        xixi                     s   x   x   x   x   x   >   >   x   -   x   x
        dongdu                   s   x   x   x   x   x   >   >   x   -   x   x
        north                    s   x   x   x   x   x   >   -   x   >   x   x
        far                      s   x   x   x   x   x   -   -   x   -   x   x
        absent                   s   x   x   x   x   x   -   -   x   -   x   x
    """,
    "done under ground that one runs": """
        xixi                     s   x   x   x   x   x   >   >   x   !   x   x
        north                    s   x   x   x   x   x   >   !   x   >   x   x
        far                      s   x   x   x   x   x   !   !   x   !   x   x
        absent                   s   x   x   x   x   x   !   !   x   !   x   x
    """,
    "a customer for operations": """
        xixi                     s   x   x   x   x   x   .   .   x   .   x   x
        dongdu                   s   x   x   x   x   x   .   .   x   -   x   x
        north                    s   x   x   x   x   x   .   -   x   .   x   x
        far                      s   x   x   x   x   x   -   -   x   -   x   x
        absent                   s   x   x   x   x   x   -   -   x   -   x   x
    """,
    "give a customer away": """
        xixi                     s   x   x   x   x   x   >   >   x   !   x   x
        dongdu                   s   x   x   x   x   x   >   >   x   -   x   x
        north                    s   x   x   x   x   x   >   -   x   >   x   x
        far                      s   x   x   x   x   x   -   -   x   -   x   x
        absent                   s   x   x   x   x   x   -   -   x   -   x   x
    """,
    "a thing of the house": """
        xixi                     s   x   x   x   x   x   .   x   x   x   x   x
        absent                   s   x   x   x   x   x   -   x   x   x   x   x
    """,
    "done to a thing of the house": """
        xixi                     s   x   x   x   x   x   >   x   x   x   x   x
        absent                   s   x   x   x   x   x   -   x   x   x   x   x
    """,
    "a good of the line":   """
        xixi                     s   x   x   x   x   x   .   x   x   x   x   x
        far                      s   x   x   x   x   x   -   x   x   x   x   x
        absent                   s   x   x   x   x   x   -   x   x   x   x   x
    """,
    "done to a good of the line": """
        xixi                     s   x   x   x   x   x   >   x   x   x   x   x
        far                      s   x   x   x   x   x   -   x   x   x   x   x
        absent                   s   x   x   x   x   x   -   x   x   x   x   x
    """,
    "a night":              """
        xixi                     s   x   x   x   x   x   .   .   x   .   x   x
        absent                   s   x   x   x   x   x   -   -   x   -   x   x
    """,
    "take back planned cycles": """
        xixi                     s   x   x   x   x   x   >   x   x   x   x   x
        far                      s   x   x   x   x   x   >   x   x   x   x   x
        absent                   s   x   x   x   x   x   >   x   x   x   x   x
    """,
}  # fmt: skip
