"""Districts and needs (政企同行·有需必应): every enterprise has its officer, every need is followed to its end.

The district is divided into 17 first-level districts and their second-level ones; each active enterprise has exactly one
service officer. What an enterprise needs arrives through any channel, is taken in at once, answered on the spot or passed
to the bureau that can help, and climbs to the hub, a leader or the city when nobody below can solve it. Whatever is slow
is supervised from outside, and the enterprise itself says how well it was served.
"""
